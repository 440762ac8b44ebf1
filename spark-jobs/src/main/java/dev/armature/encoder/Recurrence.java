package dev.armature.encoder;

import java.util.Locale;

/** In which direction of time the two GRUs of a layer run. */
public enum Recurrence {
  /**
   * Both forward. This is what the published numbers come from: the authors feed their
   * "bidirectional" GRU one frame at a time, so nothing ever runs backward.
   */
  LOCKSTEP,
  /** One forward, one backward, as in {@code torch.nn.GRU(bidirectional=True)}. */
  BIDIRECTIONAL;

  /** Its name in configurations and files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The recurrence of a label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Recurrence of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
