package dev.armature.skeleton;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;

/** What a layout must fulfil. */
final class LayoutRules {
  private LayoutRules() {}

  static void check(
      String name,
      List<String> joints,
      List<Bone> bones,
      int centre,
      SkeletonLayout.Axis spine,
      SkeletonLayout.Axis shoulders) {
    int count = joints.size();
    require(count > 0, name, "it has no joints");
    require(new HashSet<>(joints).size() == count, name, "a joint's name stands twice: " + joints);
    BitSet children = new BitSet();
    for (Bone bone : bones) {
      index(bone.child(), count, name, "a bone's child");
      index(bone.parent(), count, name, "a bone's parent");
      require(
          !children.get(bone.child()),
          name,
          "joint '%s' is the child of two bones".formatted(joints.get(bone.child())));
      children.set(bone.child());
    }
    int orphan = children.nextClearBit(0);
    require(
        orphan >= count,
        name,
        orphan < count
            ? "joint '%s' is no bone's child; a joint without a parent is its own parent"
                .formatted(joints.get(orphan))
            : "");
    index(centre, count, name, "the centre");
    index(spine.from(), count, name, "the spine's lower joint");
    index(spine.to(), count, name, "the spine's upper joint");
    index(shoulders.from(), count, name, "the shoulders' first joint");
    index(shoulders.to(), count, name, "the shoulders' second joint");
  }

  private static void index(int joint, int count, String name, String what) {
    require(
        joint >= 0 && joint < count,
        name,
        "%s is joint %d, the layout has joints 0 to %d".formatted(what, joint, count - 1));
  }

  private static void require(boolean holds, String name, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("layout '%s': %s".formatted(name, problem));
    }
  }
}
