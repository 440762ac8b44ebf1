package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ContrastiveLossTest {

  /**
   * At so low a temperature whatever lies 0.9 below the shift vanishes in single precision: with an
   * excluded key as the shift, no negative would be left.
   */
  @Test
  void an_excluded_key_that_is_far_more_similar_than_all_others_leaves_no_trace() {
    double temperature = 0.01;
    float[] similarities = {0.02f, 0.98f, -0.03f, 0.95f, 0.01f};
    float positive = 0.005f;
    float[] coefficients = new float[5];
    double loss =
        new ContrastiveLoss(temperature)
            .compute(similarities, 0.98f, new int[] {1, 3}, positive, 0.5, coefficients);

    double[] negatives = new double[5];
    double total = Math.exp(positive / temperature);
    for (int i : new int[] {0, 2, 4}) {
      negatives[i] = Math.exp(similarities[i] / temperature);
      total += negatives[i];
    }
    assertThat(loss).isCloseTo(Math.log(total) - positive / temperature, within(1e-5));
    for (int i = 0; i < 5; i++) {
      assertThat((double) coefficients[i])
          .isCloseTo(0.5 / temperature * negatives[i] / total, within(1e-4));
    }
    assertThat(coefficients[1]).isZero();
    assertThat(coefficients[3]).isZero();
    assertThat(similarities).containsExactly(0.02f, 0.98f, -0.03f, 0.95f, 0.01f);
  }

  @Test
  void a_query_whose_negatives_are_all_excluded_has_nothing_to_learn() {
    float[] coefficients = new float[2];
    ContrastiveLoss contrast = new ContrastiveLoss(0.07);
    double loss =
        contrast.compute(new float[] {0.9f, 0.8f}, 0.9f, new int[] {0, 1}, -0.5f, 1, coefficients);
    assertThat(loss).isZero();
    assertThat(coefficients).containsOnly(0f);
    assertThat(contrast.positiveCoefficient(loss, 1)).isZero();
  }
}
