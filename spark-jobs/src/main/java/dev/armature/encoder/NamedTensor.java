package dev.armature.encoder;

import java.util.Arrays;

/**
 * One parameter tensor of a layer.
 *
 * @param name its key in the layer's parameter table
 * @param role what training does with it
 * @param initial where its first values come from
 * @param shape one or two dimensions, row-major
 */
record NamedTensor(String name, Role role, InitialValues initial, long... shape) {
  /** What training does with a tensor. */
  enum Role {
    WEIGHT,
    BIAS,
    /** Estimated from the data, touched by no gradient. */
    STATISTIC
  }

  long length() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}
