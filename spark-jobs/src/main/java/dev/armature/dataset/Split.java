package dev.armature.dataset;

import java.util.Locale;

/** The part of a data set a sequence belongs to. */
public enum Split {
  /** What encoders and classifiers learn from. */
  TRAIN,
  /** What they are measured on. */
  TEST;

  /** The name used in files and messages, for instance {@code train}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
