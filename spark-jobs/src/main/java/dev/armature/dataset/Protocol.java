package dev.armature.dataset;

import java.util.Locale;

/** By what a data set is split into training and test. */
public enum Protocol {
  /** By the person who acts. */
  XSUB,
  /** By the camera. */
  XVIEW,
  /** By the recording set-up. */
  XSETUP;

  /** The name used in commands and files, for instance {@code xsub}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
