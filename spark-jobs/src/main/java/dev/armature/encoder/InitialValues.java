package dev.armature.encoder;

import java.util.SplittableRandom;

/**
 * The distribution of a tensor's first values.
 *
 * @param centre the mean
 * @param bound half the width of a uniform distribution around it; 0 for a constant
 */
record InitialValues(float centre, double bound) {

  static InitialValues constant(float value) {
    return new InitialValues(value, 0);
  }

  /** U(−bound, bound). */
  static InitialValues uniform(double bound) {
    return new InitialValues(0, bound);
  }

  /**
   * U(±√(6 / (in + out))).
   *
   * @see <a href="https://proceedings.mlr.press/v9/glorot10a.html">Glorot and Bengio, Understanding
   *     the difficulty of training deep feedforward neural networks, 2010, equation 16</a>
   */
  static InitialValues xavier(long inputs, long outputs) {
    return uniform(Math.sqrt(6.0 / (inputs + outputs)));
  }

  /** What PyTorch gives a linear layer's weight and bias: U(±1/√in). */
  static InitialValues linear(long inputs) {
    return uniform(1 / Math.sqrt((double) inputs));
  }

  void fill(float[] values, int offset, int length, SplittableRandom random) {
    for (int i = offset; i < offset + length; i++) {
      values[i] = bound == 0 ? centre : centre + (float) ((2 * random.nextDouble() - 1) * bound);
    }
  }
}
