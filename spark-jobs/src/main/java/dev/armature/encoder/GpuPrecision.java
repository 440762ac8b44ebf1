package dev.armature.encoder;

import java.util.Locale;

/** How exactly matrix products are computed on a GPU. Parameters and sums are floats in all. */
public enum GpuPrecision {
  /** Products of floats. */
  FLOAT32,
  /** Factors are rounded to 10 bits of mantissa on their way into a tensor core. */
  TF32,
  /** Factors are rounded to bfloat16, 7 bits of mantissa; inputs and states of a GRU as well. */
  BFLOAT16;

  /** Its name in configurations. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
