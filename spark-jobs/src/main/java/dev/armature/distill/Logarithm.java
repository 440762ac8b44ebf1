package dev.armature.distill;

/**
 * The sum of p·log p over many probabilities.
 *
 * <p>Single precision logarithms: the exponent's bits times ln 2, and for the mantissa, taken from
 * [√½, √2), the series of 2·artanh((m − 1)/(m + 1)) up to the ninth power, whose truncation is
 * below 2e-9 of the result. Stateless.
 */
final class Logarithm {
  private static final float LN2 = (float) Math.log(2);

  /** The bits of √½. */
  private static final int ROOT_OF_HALF = Float.floatToRawIntBits((float) Math.sqrt(0.5));

  private static final int MANTISSA_BITS = 23;

  private Logarithm() {}

  /** The logarithm of a positive normal number; of 0, a finite one. */
  static float log(float x) {
    int bits = Float.floatToRawIntBits(x);
    int exponent = (bits - ROOT_OF_HALF) >> MANTISSA_BITS;
    float m = Float.intBitsToFloat(bits - (exponent << MANTISSA_BITS));
    float s = (m - 1) / (m + 1);
    float s2 = s * s;
    float series = 2 * s * (1 + s2 * (1 / 3f + s2 * (1 / 5f + s2 * (1 / 7f + s2 / 9))));
    return exponent * LN2 + series;
  }

  /** Σ p·log p, in two double accumulators; 0 counts as 0. */
  static double negativeEntropy(float[] probabilities) {
    double even = 0;
    double odd = 0;
    int i = 0;
    for (; i < probabilities.length - 1; i += 2) {
      even += probabilities[i] * log(probabilities[i]);
      odd += probabilities[i + 1] * log(probabilities[i + 1]);
    }
    if (i < probabilities.length) {
      even += probabilities[i] * log(probabilities[i]);
    }
    return even + odd;
  }
}
