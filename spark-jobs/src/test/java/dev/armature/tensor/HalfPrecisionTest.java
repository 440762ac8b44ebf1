package dev.armature.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  @Test
  void every_number_is_the_one_that_its_bits_stand_for() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int sign = bits >> 15 == 0 ? 1 : -1;
      int exponent = (bits >> 10) & 31;
      int fraction = bits & 1023;
      double expected =
          exponent == 31
              ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
              : exponent == 0
                  ? fraction * Math.pow(2, -24)
                  : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
      assertThat(Double.valueOf(HalfPrecision.toFloat((short) bits)))
          .as("bits %04x", bits)
          .isEqualTo(Double.valueOf(sign * expected));
    }
  }
}
