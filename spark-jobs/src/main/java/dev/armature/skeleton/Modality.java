package dev.armature.skeleton;

import java.util.Locale;

/** A way of looking at a skeleton sequence; each has an encoder of its own. */
public enum Modality {
  /** The joints' coordinates. */
  JOINT,
  /** The change of the joints' coordinates to the next frame; zero in the last frame. */
  MOTION,
  /** Each joint's offset from its parent; zero for a joint that is its own parent. */
  BONE;

  /** The name used in configuration, metrics and files, for instance {@code joint}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
