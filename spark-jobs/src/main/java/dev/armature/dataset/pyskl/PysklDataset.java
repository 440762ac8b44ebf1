package dev.armature.dataset.pyskl;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.RawDataset;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.TrackChecks;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import dev.armature.tensor.PickledArray;
import dev.armature.tensor.TensorFileException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * A pickle of pyskl or mmaction2: {@code {"split": {name: [identifier, …]}, "annotations": [{
 * "frame_dir", "label", "total_frames", "keypoint", …}]}}, where {@code keypoint} is a NumPy array
 * of persons × frames × joints × 3 (in space) or × 2 (in an image). Nothing that the pickle names
 * is run, and the arrays stay in the file until a task reads its own.
 *
 * <p>Joints of an image get the axes of a body seen from the front: x to the right, z up, and no
 * depth (y = 0), in half heights of the image from its middle. They are centred, but not turned:
 * seen from the side both shoulders lie at nearly the same place, and a rotation that makes their
 * line horizontal would turn a person upside down. {@code keypoint_score} is not used, as the
 * encoders take positions; a joint at (0, 0) was not seen.
 *
 * <p>Source: "Things you need to know about PYSKL data format" (pyskl, {@code tools/data}), and
 * {@code ntu_preproc.py} there.
 *
 * @param source Hadoop path of the pickle
 * @param given the skeletons' layout, or null for the usual one of as many joints
 * @param protocol which of the pickle's splits, unless named
 * @param splits names of the training and the test split; empty for those of the protocol
 */
public record PysklDataset(
    String source, SkeletonLayout given, Protocol protocol, List<String> splits)
    implements RawDataset {

  @Override
  public Inventory inventory(Configuration hadoop) throws IOException {
    return AnnotationFile.read(source, hadoop)
        .inventory(Optional.ofNullable(given), protocol, splits);
  }

  @Override
  public RecordingReader open(Configuration hadoop) throws IOException {
    Path path = new Path(source);
    return new Reader(path.getFileSystem(hadoop).open(path), Optional.ofNullable(given));
  }

  private static final class Reader implements RecordingReader {
    private final FSDataInputStream in;
    private final Optional<SkeletonLayout> given;
    private SkeletonLayout layout;
    private Normalization inSpace;
    private Normalization inImage;

    Reader(FSDataInputStream in, Optional<SkeletonLayout> given) {
      this.in = in;
      this.given = given;
    }

    @Override
    public SkeletonSequence read(Recording recording) throws IOException, BadRecordingException {
      KeypointPlace place = KeypointPlace.parse(recording.detail());
      PickledArray array = place.keypoints();
      float[] numbers;
      try {
        numbers = array.floats(in);
      } catch (TensorFileException wrong) {
        throw new BadRecordingException(Fault.UNREADABLE, wrong.getMessage());
      }
      prepare(place.joints());
      TrackChecks.checkJoints(place.joints(), layout);
      return place.flat()
          ? inImage.normalize(recording, image(place, numbers))
          : inSpace.normalize(
              recording, new BodyTracks(place.persons(), place.frames(), place.joints(), numbers));
    }

    /** All that the inventory lets pass have as many joints as the first. */
    private void prepare(int joints) {
      if (layout == null) {
        layout = given.orElseGet(() -> KeypointLayouts.usual(joints));
        inSpace = new Normalization(layout);
        inImage = new Normalization(KeypointLayouts.unturned(layout));
      }
    }

    private static BodyTracks image(KeypointPlace place, float[] numbers) {
      float unit = place.height() / 2f;
      float middle = place.width() / 2f;
      float[] coordinates = new float[numbers.length / 2 * 3];
      for (int i = 0; i < numbers.length / 2; i++) {
        float x = numbers[2 * i];
        float y = numbers[2 * i + 1];
        if (x != 0 || y != 0) {
          coordinates[3 * i] = (x - middle) / unit;
          coordinates[3 * i + 2] = (unit - y) / unit;
        }
      }
      return new BodyTracks(place.persons(), place.frames(), place.joints(), coordinates);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
