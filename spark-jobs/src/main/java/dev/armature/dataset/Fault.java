package dev.armature.dataset;

import java.util.Locale;

/** Why a recording is set aside. */
public enum Fault {
  /** It is in the user's list of samples with missing skeletons. */
  LISTED_AS_MISSING,
  /** Its name does not say what it holds. */
  NAME,
  /** It is truncated, garbled or of another format. */
  UNREADABLE,
  /** It has another number of joints than the layout. */
  JOINTS,
  /** A coordinate is not a number, or infinite. */
  NOT_FINITE,
  /** Nobody was seen in any frame. */
  NO_BODY,
  /** It has fewer than two frames: nothing moves. */
  TOO_SHORT,
  /** Its action is not among the classes, or nothing says which it is. */
  LABEL,
  /** Nothing says, or nothing clear, whether it is for training or for testing. */
  SPLIT;

  /** The name used in manifests and messages, for instance {@code not-finite}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
