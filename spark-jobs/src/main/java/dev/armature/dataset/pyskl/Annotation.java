package dev.armature.dataset.pyskl;

import dev.armature.dataset.Fault;
import dev.armature.dataset.Recording;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.ntu.NtuName;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.tensor.PickledArray;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One annotation, as it stands in the pickle.
 *
 * @param index its place, from 0
 * @param content the dictionary, if it is one
 */
record Annotation(int index, Object content) {
  private static final String IDENTIFIER = "frame_dir";

  /** Labels count classes; one beyond this is a garbled file, not a data set. */
  private static final int MOST_CLASSES = 10_000;

  String id() {
    return content instanceof Map<?, ?> map && map.get(IDENTIFIER) instanceof String id
        ? id
        : "annotation-%08d".formatted(index);
  }

  /** Why it cannot be used, whatever the layout, if it cannot. */
  Optional<SetAside> problem() {
    if (!(content instanceof Map<?, ?> map)) {
      return problem(Fault.UNREADABLE, "it is no dictionary");
    }
    if (!(map.get(IDENTIFIER) instanceof String)) {
      return problem(Fault.NAME, "it has no frame_dir, the name by which splits call it");
    }
    if (!(map.get("keypoint") instanceof PickledArray keypoints)) {
      return problem(
          Fault.UNREADABLE,
          map.containsKey("raw_file")
              ? "its keypoints lie in another file (raw_file), as those of Kinetics do, and such files are not read"
              : "it has no array 'keypoint'");
    }
    List<Integer> shape = keypoints.shape();
    if (shape.size() != 4 || (shape.get(3) != 2 && shape.get(3) != 3) || shape.get(0) < 1) {
      return problem(
          Fault.UNREADABLE,
          "its keypoints have the shape %s, expected persons × frames × joints × 2 or 3"
              .formatted(shape));
    }
    if (map.get("total_frames") instanceof Long frames && frames != shape.get(1).longValue()) {
      return problem(
          Fault.UNREADABLE,
          "its total_frames is %d, its keypoints have %d frames".formatted(frames, shape.get(1)));
    }
    if (shape.get(3) == 2 && image().isEmpty()) {
      return problem(
          Fault.UNREADABLE,
          "its keypoints lie in an image, and it has no img_shape, the image's height and width");
    }
    if (!(map.get("label") instanceof Long label) || label < 0 || label >= MOST_CLASSES) {
      return problem(
          Fault.LABEL,
          "its label is %s, expected 0 to %d".formatted(map.get("label"), MOST_CLASSES - 1));
    }
    return Optional.empty();
  }

  /** The same for a layout and splits. */
  Optional<SetAside> problem(SkeletonLayout layout, PickledSplits splits) {
    if (place().joints() != layout.joints().size()) {
      return problem(
          Fault.JOINTS,
          "it has %d joints where layout '%s' has %d"
              .formatted(place().joints(), layout.name(), layout.joints().size()));
    }
    if (splits.split(id()).isEmpty()) {
      return problem(
          Fault.SPLIT,
          splits.train().contains(id())
              ? "it is both in the training and in the test split"
              : "it is neither in the training nor in the test split");
    }
    return Optional.empty();
  }

  private Optional<SetAside> problem(Fault fault, String reason) {
    return Optional.of(new SetAside(id(), fault, reason));
  }

  private Optional<int[]> image() {
    if (((Map<?, ?>) content).get("img_shape") instanceof List<?> sizes
        && sizes.size() >= 2
        && sizes.get(0) instanceof Long height
        && sizes.get(1) instanceof Long width
        && Math.min(height, width) >= 1
        && Math.max(height, width) <= Short.MAX_VALUE) {
      return Optional.of(new int[] {height.intValue(), width.intValue()});
    }
    return Optional.empty();
  }

  /** Where its keypoints are; only of one without a {@link #problem}. */
  KeypointPlace place() {
    PickledArray keypoints = (PickledArray) ((Map<?, ?>) content).get("keypoint");
    int[] image = keypoints.shape().get(3) == 2 ? image().orElseThrow() : new int[2];
    return new KeypointPlace(keypoints, image[0], image[1]);
  }

  /** Itself as a recording; only of one without a {@link #problem}. */
  Recording recording(String source, PickledSplits splits) {
    KeypointPlace place = place();
    Optional<NtuName> name = NtuName.parse(id());
    return new Recording(
        id(),
        source,
        place.keypoints().begin(),
        place.keypoints().length(),
        ((Long) ((Map<?, ?>) content).get("label")).intValue(),
        name.map(NtuName::subject).orElse(0),
        name.map(NtuName::camera).orElse(0),
        name.map(NtuName::setup).orElse(0),
        splits.split(id()).orElseThrow(),
        place.toString());
  }
}
