package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExponentialTest {
  private final Exponential exponential = new Exponential();

  /** Of numbers up to 0. */
  private float[] exponentials(float... values) {
    float[] results = new float[values.length];
    exponential.exp(values, values.length, 0, 1, results);
    return results;
  }

  @Test
  void the_exponential_is_right_to_a_millionth_over_its_whole_range() {
    float[] values = new float[870_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = -1e-4f * i;
    }
    float[] results = exponentials(values);
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      worst = Math.max(worst, Math.abs(results[i] / Math.exp(values[i]) - 1));
    }
    assertThat(worst).isLessThan(5e-7);
  }

  @Test
  void the_ends_are_exact() {
    assertThat(exponentials(0, -0f, -88, Math.nextDown(-87f), Float.NEGATIVE_INFINITY))
        .containsExactly(1, 1, 0, 0, 0);
    assertThat(exponentials(-87)[0]).isPositive();
    assertThat(exponentials(Float.NaN)[0]).isNaN();
  }

  @Property(tries = 100)
  void a_row_is_its_numbers_exponentials_and_their_sum(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int count) {
    float[] values = Embeddings.numbers(seed, count + 3);
    float[] exponentials = new float[count];
    float greatest = Exponential.greatest(values, count);
    double sum = exponential.exp(values, count, greatest, 10, exponentials);
    double expected = 0;
    for (int i = 0; i < count; i++) {
      assertThat(values[i]).isLessThanOrEqualTo(greatest);
      assertThat(exponentials[i]).isEqualTo(exponentials((values[i] - greatest) * 10)[0]);
      expected += exponentials[i];
    }
    assertThat(sum).isCloseTo(expected, within(1e-12 * expected));
    assertThat(exponentials).contains(1);
  }
}
