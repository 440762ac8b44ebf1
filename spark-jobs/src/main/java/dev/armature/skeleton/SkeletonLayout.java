package dev.armature.skeleton;

import java.io.Serializable;
import java.util.List;

/**
 * Which joints a skeleton has and how they hang together. A layout is data: nothing else in
 * Armature knows a number of joints or the index of one.
 *
 * @param name for messages, manifests and checkpoints
 * @param joints the joints' names, in the order of the coordinates
 * @param bones one bone for every joint: its child, in any order
 * @param centre the joint that becomes the origin of every frame
 * @param spine the pair of joints (from, to) whose direction becomes the z axis
 * @param shoulders the pair of joints (from, to) whose direction becomes the x axis
 */
public record SkeletonLayout(
    String name, List<String> joints, List<Bone> bones, int centre, Axis spine, Axis shoulders)
    implements Serializable {

  /**
   * A direction in the body.
   *
   * @param from 0-based joint
   * @param to 0-based joint
   */
  public record Axis(int from, int to) implements Serializable {}

  /**
   * @throws IllegalArgumentException if there is no joint, a name stands twice, a joint is no
   *     bone's child or several bones' child, bones go round in a circle, or an index is out of
   *     range; all of it is named
   */
  public SkeletonLayout {
    joints = List.copyOf(joints);
    bones = List.copyOf(bones);
    LayoutRules.check(name, joints, bones, centre, spine, shoulders);
  }

  /** The parents by child: {@code parents()[joint]} is the joint's parent. */
  public int[] parents() {
    int[] parents = new int[joints.size()];
    for (Bone bone : bones) {
      parents[bone.child()] = bone.parent();
    }
    return parents;
  }
}
