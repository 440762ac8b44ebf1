package dev.armature.tensor;

/** Numbers of IEEE 754's binary16, which Java 17 has no type for. */
public final class HalfPrecision {
  private HalfPrecision() {}

  /**
   * The same number as a float; every one of them is one.
   *
   * @param bits sign, 5 bits of exponent, 10 of fraction
   */
  public static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << 13));
    }
    if (exponent == 0) {
      // Zero and what lies below the smallest ordinary number: fraction · 2⁻²⁴.
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
  }
}
