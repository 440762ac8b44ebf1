package dev.armature.encoder;

import java.util.SplittableRandom;

/**
 * First weights, from the distributions of the published code: Xavier uniform for the GRUs'
 * matrices (over all three gates at once) and for the last projection layer, PyTorch's defaults for
 * the rest.
 */
public final class EncoderInitializer {
  private EncoderInitializer() {}

  /**
   * Draws an encoder's first parameters. The same arguments give the same numbers on every machine.
   *
   * @param shape the encoder's sizes
   * @param seed of the run
   * @param modality index of the modality; each gets weights of its own
   * @return a new vector, laid out as {@link ParameterLayout} says
   */
  public static float[] initialize(EncoderShape shape, long seed, int modality) {
    float[] values = new float[new ParameterLayout(shape).size()];
    SplittableRandom random =
        new SplittableRandom(new SplittableRandom(seed).nextLong() + modality);
    int offset = 0;
    for (NamedTensor tensor : EncoderGraph.tensors(shape)) {
      int length = Math.toIntExact(tensor.length());
      tensor.initial().fill(values, offset, length, random.split());
      offset += length;
    }
    return values;
  }
}
