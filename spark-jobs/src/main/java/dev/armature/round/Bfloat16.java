package dev.armature.round;

/**
 * bfloat16: a float without its lower 16 bits, rounded to nearest, ties to even. Same exponents as
 * float; 8 significant bits. What is not finite stays so, and what is beyond the greatest bfloat16
 * (3.39e38) becomes infinite.
 */
public final class Bfloat16 {
  /** A bit of the mantissa, so that no NaN is cut to an infinity. */
  private static final int QUIET = 0x0040;

  private Bfloat16() {}

  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | QUIET);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  public static float value(short encoded) {
    return Float.intBitsToFloat(encoded << 16);
  }
}
