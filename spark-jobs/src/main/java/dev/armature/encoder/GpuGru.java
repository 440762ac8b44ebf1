package dev.armature.encoder;

import java.util.Locale;

/** By which of its algorithms cuDNN computes recurrent layers. */
public enum GpuGru {
  /** Launches for every frame; of any size. */
  STANDARD,
  /**
   * One launch for all frames, whose blocks keep the weights and wait for each other; of the sizes
   * and types that cuDNN has it for.
   */
  PERSISTENT;

  /** Its name in configurations. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
