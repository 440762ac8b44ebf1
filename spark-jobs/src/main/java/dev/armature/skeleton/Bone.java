package dev.armature.skeleton;

import java.io.Serializable;

/**
 * A bone, from its parent joint to its child joint.
 *
 * @param child 0-based joint
 * @param parent 0-based joint; the child itself for a joint without a parent
 */
public record Bone(int child, int parent) implements Serializable {}
