package dev.armature.dataset.pyskl;

import dev.armature.dataset.DatasetException;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;

/** Which layout keypoints have where nobody says it. */
final class KeypointLayouts {
  private KeypointLayouts() {}

  /**
   * The layout of so many joints in pyskl's files.
   *
   * @throws DatasetException if there is none
   */
  static SkeletonLayout usual(int joints) {
    return switch (joints) {
      case 25 -> SkeletonLayouts.named("kinect-v2");
      case 17 -> SkeletonLayouts.named("coco-17");
      default ->
          throw new DatasetException(
              "its skeletons have %d joints, and only 25 (kinect-v2) and 17 (coco-17) are known by their number; give their --layout"
                  .formatted(joints));
    };
  }

  /** The same without directions to turn by: each begins and ends in the centre. */
  static SkeletonLayout unturned(SkeletonLayout layout) {
    SkeletonLayout.Axis none = new SkeletonLayout.Axis(layout.centre(), layout.centre());
    return new SkeletonLayout(
        layout.name(), layout.joints(), layout.bones(), layout.centre(), none, none);
  }
}
