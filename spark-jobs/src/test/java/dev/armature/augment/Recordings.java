package dev.armature.augment;

import dev.armature.skeleton.Bone;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Layouts and sequences for the tests of this package. */
final class Recordings {
  private Recordings() {}

  /** A layout of joints that hang in a chain from the first, which is its own parent. */
  static SkeletonLayout chain(int joints) {
    List<String> names = new ArrayList<>();
    List<Bone> bones = new ArrayList<>();
    for (int joint = 0; joint < joints; joint++) {
      names.add("joint " + joint);
      bones.add(new Bone(joint, Math.max(0, joint - 1)));
    }
    SkeletonLayout.Axis axis = new SkeletonLayout.Axis(0, joints - 1);
    return new SkeletonLayout("chain", names, bones, 0, axis, axis);
  }

  static SkeletonSequence sequence(String id, int frames, int persons, int joints, float[] data) {
    return new SkeletonSequence(id, 0, 0, 0, 0, frames, persons, joints, data);
  }

  /** A sequence of random coordinates that depend on its id. */
  static SkeletonSequence random(String id, int frames, int persons, int joints) {
    SplittableRandom random = new SplittableRandom(Seeds.combine(3, id));
    float[] data = new float[frames * persons * joints * 3];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextDouble(-1, 1);
    }
    return sequence(id, frames, persons, joints, data);
  }
}
