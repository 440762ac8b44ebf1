package dev.armature.skeleton;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** What a layout must fulfil. */
final class LayoutRules {
  private LayoutRules() {}

  /** Throws what is wrong with a layout, all of it, if anything is. */
  static void check(
      String name,
      List<String> joints,
      List<Bone> bones,
      int centre,
      SkeletonLayout.Axis spine,
      SkeletonLayout.Axis shoulders) {
    List<String> problems = new ArrayList<>();
    int count = joints.size();
    checkJoints(joints, problems);
    boolean inside = true;
    for (Bone bone : bones) {
      inside &= index(bone.child(), count, "a bone's child", problems);
      inside &= index(bone.parent(), count, "a bone's parent", problems);
    }
    if (inside) {
      checkTree(joints, bones, problems);
    }
    index(centre, count, "the centre", problems);
    index(spine.from(), count, "the spine's lower joint", problems);
    index(spine.to(), count, "the spine's upper joint", problems);
    index(shoulders.from(), count, "the shoulders' first joint", problems);
    index(shoulders.to(), count, "the shoulders' second joint", problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "layout '%s': %s".formatted(name, String.join("; ", problems)));
    }
  }

  /** There are joints, and no two of one name. */
  static void checkJoints(List<String> joints, List<String> problems) {
    if (joints.isEmpty()) {
      problems.add("it has no joints");
    }
    Set<String> seen = new HashSet<>();
    Set<String> twice = new LinkedHashSet<>();
    joints.stream().filter(joint -> !seen.add(joint)).forEach(twice::add);
    for (String joint : twice) {
      problems.add("a joint's name stands twice: %s in %s".formatted(joint, joints));
    }
  }

  /** Every joint has one parent, and parents lead to a joint that is its own. */
  static void checkTree(List<String> joints, List<Bone> bones, List<String> problems) {
    int count = joints.size();
    int[] parents = new int[count];
    BitSet children = new BitSet();
    for (Bone bone : bones) {
      if (children.get(bone.child())) {
        problems.add("joint '%s' is the child of two bones".formatted(joints.get(bone.child())));
      }
      children.set(bone.child());
      parents[bone.child()] = bone.parent();
    }
    for (int at = children.nextClearBit(0); at < count; at = children.nextClearBit(at + 1)) {
      problems.add(
          "joint '%s' is no bone's child; a joint without a parent is its own parent"
              .formatted(joints.get(at)));
    }
    if (children.cardinality() == count) {
      circle(parents)
          .ifPresent(
              joint ->
                  problems.add(
                      "the bones from '%s' on go round in a circle; one joint must be its own parent"
                          .formatted(joints.get(joint))));
    }
  }

  private static OptionalInt circle(int[] parents) {
    for (int joint = 0; joint < parents.length; joint++) {
      int at = joint;
      for (int step = 0; step < parents.length; step++) {
        at = parents[at];
      }
      if (parents[at] != at) {
        return OptionalInt.of(joint);
      }
    }
    return OptionalInt.empty();
  }

  private static boolean index(int joint, int count, String what, List<String> problems) {
    boolean inside = joint >= 0 && joint < count;
    if (!inside) {
      problems.add(
          "%s is joint %d, the layout has joints 0 to %d".formatted(what, joint, count - 1));
    }
    return inside;
  }
}
