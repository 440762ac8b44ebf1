package dev.armature.encoder;

import java.io.Serializable;
import java.util.Objects;

/**
 * How a GPU computes encoders.
 *
 * @param precision of matrix products
 * @param gru the algorithm of the recurrent layers
 * @param graphs whether launches of a batch's pass are recorded, and given again as a whole for the
 *     next batch of that size
 */
public record GpuExecution(GpuPrecision precision, GpuGru gru, boolean graphs)
    implements Serializable {

  /** Products of floats, every launch by itself. */
  public static final GpuExecution PLAIN =
      new GpuExecution(GpuPrecision.FLOAT32, GpuGru.STANDARD, false);

  /** Checks for null. */
  public GpuExecution {
    Objects.requireNonNull(precision);
    Objects.requireNonNull(gru);
  }
}
