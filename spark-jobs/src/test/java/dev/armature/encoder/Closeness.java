package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** How far numbers are from those of an oracle. */
public final class Closeness {
  private Closeness() {}

  /**
   * Asserts that every number is within a share of the greatest expected one. A number by itself
   * may be far smaller than the products that it is a sum of, and has no relative error to speak
   * of.
   */
  public static void assertClose(float[] actual, float[] expected, double share, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double greatest = 0;
    double worst = 0;
    int at = 0;
    for (int i = 0; i < expected.length; i++) {
      greatest = Math.max(greatest, Math.abs(expected[i]));
      double error = Math.abs((double) actual[i] - expected[i]);
      // A number that is none is the worst of all.
      if (!(error <= worst)) {
        worst = error;
        at = i;
      }
    }
    assertThat(worst)
        .as("%s: number %d is %s, expected %s", what, at, actual[at], expected[at])
        .isLessThanOrEqualTo(share * greatest);
  }

  /** The same for every tensor of an encoder by itself, so that small ones are not let off. */
  public static void assertClose(
      float[] actual, float[] expected, EncoderShape shape, double share, String what) {
    for (ParameterLayout.Tensor tensor : new ParameterLayout(shape).tensors()) {
      int end = tensor.offset() + tensor.length();
      assertClose(
          Arrays.copyOfRange(actual, tensor.offset(), end),
          Arrays.copyOfRange(expected, tensor.offset(), end),
          share,
          what + " " + tensor.name());
    }
  }

  /** The length of the difference, as a share of the expected vector's. */
  public static double relativeDistance(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / length);
  }
}
