package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LogarithmTest {
  private final Logarithm logarithm = new Logarithm();

  /** The logarithm, from p·log p of one number. */
  private double log(float x) {
    return logarithm.negativeEntropy(new float[] {x}) / x;
  }

  @Test
  void the_logarithm_of_every_probability_is_right_to_a_millionth() {
    double worst = 0;
    for (float x = 1e-30f; x < 1; x *= 1.0003f) {
      worst = Math.max(worst, Math.abs(log(x) / Math.log(x) - 1));
    }
    for (float x = 0.5f; x < 1; x += 1e-6f) {
      worst = Math.max(worst, Math.abs(log(x) / Math.log(x) - 1));
    }
    assertThat(worst).isLessThan(5e-7);
    assertThat(log(1)).isZero();
  }

  @Test
  void the_entropy_is_that_of_the_numbers_and_of_no_number_none() {
    float[] probabilities = {0.5f, 0, 0.25f, 1e-30f, 0.25f};
    assertThat(logarithm.negativeEntropy(probabilities))
        .isCloseTo(-1.5 * Math.log(2), within(1e-7));
    assertThat(logarithm.negativeEntropy(new float[] {1})).isZero();
    assertThat(logarithm.negativeEntropy(new float[] {0.5f, Float.NaN})).isNaN();
  }

  @Test
  void the_entropy_of_many_equal_probabilities_is_the_logarithm_of_their_number() {
    float[] probabilities = new float[3001];
    Arrays.fill(probabilities, 1f / probabilities.length);
    assertThat(logarithm.negativeEntropy(probabilities))
        .isCloseTo(-Math.log(probabilities.length), within(1e-5));
  }
}
