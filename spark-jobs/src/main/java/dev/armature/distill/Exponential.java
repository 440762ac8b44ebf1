package dev.armature.distill;

/**
 * The exponential of a softmax: exp(scale · (x − shift)) for a whole row, with its sum.
 *
 * <p>Single precision, for arguments up to 0: a power of two, by the bits of the exponent, times
 * the Taylor series of degree 6 on [−½ ln 2, ½ ln 2], whose truncation is below 1.8e-7 of the
 * result. Together with rounding the error stays below 5e-7 of the result. What is less than e⁻⁸⁷
 * becomes zero.
 *
 * <p>A row goes through in blocks, each in several short loops without a branch, because those are
 * what the compiler makes vector instructions of: together less than half the time of one loop over
 * whole numbers, to the same bits. Has scratch memory of its own: one object per thread.
 */
final class Exponential {
  /** Numbers in a block; all its arrays stay in a processor's first cache. */
  private static final int BLOCK = 1024;

  /** 1.5 · 2²³: adding it leaves a float's nearest integer in its lowest bits. */
  private static final float ROUNDER = 12582912f;

  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** ln 2 in two parts; the first has 9 bits, so that its product with an exponent is exact. */
  private static final float LN2_HIGH = 355f / 512f;

  private static final float LN2_LOW = (float) (Math.log(2) - 355.0 / 512.0);

  private static final float LEAST = -87;

  /** Times the distance of two floats at {@link #LEAST}, 2⁻¹⁷, this is more than 1. */
  private static final float STEEP = 1e6f;

  private static final int EXPONENT_BIAS = 127;
  private static final int MANTISSA_BITS = 23;

  private final float[] arguments = new float[BLOCK];
  private final float[] kept = new float[BLOCK];
  private final float[] shifted = new float[BLOCK];
  private final float[] powers = new float[BLOCK];
  private final int[] bits = new int[BLOCK];
  private final FloatBits floatBits = new FloatBits(BLOCK);

  /**
   * Writes {@code exp(scale · (values[i] − shift))}.
   *
   * @param count how many of the values
   * @param shift at least the greatest of the values
   * @return the sum, in four double accumulators
   */
  double exp(float[] values, int count, float shift, float scale, float[] exponentials) {
    for (int start = 0; start < count; start += BLOCK) {
      int length = Math.min(BLOCK, count - start);
      scale(values, start, length, shift, scale, arguments);
      keep(arguments, kept, length);
      clamp(arguments, length);
      shift(arguments, shifted, length);
      floatBits.toBits(shifted, bits, length);
      power(bits, length);
      floatBits.toNumbers(bits, powers, length);
      remainder(arguments, shifted, length);
      series(arguments, length);
      multiply(arguments, powers, kept, length, exponentials, start);
    }
    return sum(exponentials, count);
  }

  private static void scale(
      float[] values, int start, int length, float shift, float scale, float[] arguments) {
    for (int i = 0; i < length; i++) {
      arguments[i] = (values[start + i] - shift) * scale;
    }
  }

  /** 1 where the argument is at least {@link #LEAST}, otherwise 0. */
  private static void keep(float[] arguments, float[] kept, int length) {
    for (int i = 0; i < length; i++) {
      kept[i] = Math.min(1f, Math.max(0f, (arguments[i] - LEAST) * STEEP + 1));
    }
  }

  private static void clamp(float[] arguments, int length) {
    for (int i = 0; i < length; i++) {
      arguments[i] = Math.max(arguments[i], LEAST);
    }
  }

  private static void shift(float[] arguments, float[] shifted, int length) {
    for (int i = 0; i < length; i++) {
      shifted[i] = arguments[i] * LOG2_E + ROUNDER;
    }
  }

  private static void power(int[] bits, int length) {
    for (int i = 0; i < length; i++) {
      bits[i] = (bits[i] + EXPONENT_BIAS) << MANTISSA_BITS;
    }
  }

  private static void remainder(float[] arguments, float[] shifted, int length) {
    for (int i = 0; i < length; i++) {
      float exponent = shifted[i] - ROUNDER;
      arguments[i] = arguments[i] - exponent * LN2_HIGH - exponent * LN2_LOW;
    }
  }

  private static void series(float[] numbers, int length) {
    for (int i = 0; i < length; i++) {
      float r = numbers[i];
      numbers[i] =
          1 + r * (1 + r * (1 / 2f + r * (1 / 6f + r * (1 / 24f + r * (1 / 120f + r / 720)))));
    }
  }

  private static void multiply(
      float[] series, float[] powers, float[] kept, int length, float[] results, int start) {
    for (int i = 0; i < length; i++) {
      results[start + i] = series[i] * powers[i] * kept[i];
    }
  }

  private static double sum(float[] values, int count) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i < count - 3; i += 4) {
      sum0 += values[i];
      sum1 += values[i + 1];
      sum2 += values[i + 2];
      sum3 += values[i + 3];
    }
    for (; i < count; i++) {
      sum0 += values[i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  /** The greatest of the first values; NaN does not count. */
  static float greatest(float[] values, int count) {
    float max0 = Float.NEGATIVE_INFINITY;
    float max1 = max0;
    float max2 = max0;
    float max3 = max0;
    int i = 0;
    for (; i < count - 3; i += 4) {
      max0 = values[i] > max0 ? values[i] : max0;
      max1 = values[i + 1] > max1 ? values[i + 1] : max1;
      max2 = values[i + 2] > max2 ? values[i + 2] : max2;
      max3 = values[i + 3] > max3 ? values[i + 3] : max3;
    }
    for (; i < count; i++) {
      max0 = values[i] > max0 ? values[i] : max0;
    }
    return Math.max(Math.max(max0, max1), Math.max(max2, max3));
  }
}
