package dev.armature.distill;

/**
 * The sum of p·log p over many probabilities.
 *
 * <p>Single precision logarithms: the exponent's bits times ln 2, and for the mantissa, taken from
 * [√½, √2), the series of 2·artanh((m − 1)/(m + 1)) up to the ninth power, whose truncation is
 * below 2e-9 of the result. In blocks and short loops, as {@link Exponential}. Has scratch memory
 * of its own: one object per thread.
 */
final class Logarithm {
  private static final int BLOCK = 1024;

  private static final float LN2 = (float) Math.log(2);

  /** The bits of √½. */
  private static final int ROOT_OF_HALF = Float.floatToRawIntBits((float) Math.sqrt(0.5));

  private static final int MANTISSA_BITS = 23;

  /** 1.5 · 2²³: a small integer added to its bits is added to its value. */
  private static final float INTEGER = 12582912f;

  private static final int INTEGER_BITS = Float.floatToRawIntBits(INTEGER);

  private final float[] numbers = new float[BLOCK];
  private final float[] exponents = new float[BLOCK];
  private final int[] bits = new int[BLOCK];
  private final int[] exponentBits = new int[BLOCK];
  private final FloatBits floatBits = new FloatBits(BLOCK);

  /** Σ p·log p, in two double accumulators; 0 counts as 0. */
  double negativeEntropy(float[] probabilities) {
    double even = 0;
    double odd = 0;
    for (int start = 0; start < probabilities.length; start += BLOCK) {
      int length = Math.min(BLOCK, probabilities.length - start);
      System.arraycopy(probabilities, start, numbers, 0, length);
      log(length);
      int i = 0;
      for (; i < length - 1; i += 2) {
        even += probabilities[start + i] * numbers[i];
        odd += probabilities[start + i + 1] * numbers[i + 1];
      }
      if (i < length) {
        even += probabilities[start + i] * numbers[i];
      }
    }
    return even + odd;
  }

  /**
   * Replaces the numbers of the block by their logarithms: of positive normal ones; of 0, a finite
   * one.
   */
  private void log(int length) {
    floatBits.toBits(numbers, bits, length);
    exponents(bits, exponentBits, length);
    mantissas(bits, exponentBits, length);
    floatBits.toNumbers(bits, numbers, length);
    floatBits.toNumbers(exponentBits, exponents, length);
    quotient(numbers, length);
    series(numbers, exponents, length);
  }

  /** Writes an exponent as the bits of {@link #INTEGER} and as much more. */
  private static void exponents(int[] bits, int[] exponentBits, int length) {
    for (int i = 0; i < length; i++) {
      exponentBits[i] = ((bits[i] - ROOT_OF_HALF) >> MANTISSA_BITS) + INTEGER_BITS;
    }
  }

  private static void mantissas(int[] bits, int[] exponentBits, int length) {
    for (int i = 0; i < length; i++) {
      bits[i] = bits[i] - ((exponentBits[i] - INTEGER_BITS) << MANTISSA_BITS);
    }
  }

  private static void quotient(float[] numbers, int length) {
    for (int i = 0; i < length; i++) {
      numbers[i] = (numbers[i] - 1) / (numbers[i] + 1);
    }
  }

  private static void series(float[] quotients, float[] exponents, int length) {
    for (int i = 0; i < length; i++) {
      float s = quotients[i];
      float s2 = s * s;
      float series = 2 * s * (1 + s2 * (1 / 3f + s2 * (1 / 5f + s2 * (1 / 7f + s2 / 9))));
      quotients[i] = (exponents[i] - INTEGER) * LN2 + series;
    }
  }
}
