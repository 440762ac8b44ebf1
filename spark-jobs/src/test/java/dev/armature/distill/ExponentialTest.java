package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExponentialTest {

  @Test
  void the_exponential_is_right_to_a_millionth_over_its_whole_range() {
    double worst = 0;
    for (float x = -87; x < 0; x += 1e-4f) {
      worst = Math.max(worst, Math.abs(Exponential.exp(x) / Math.exp(x) - 1));
    }
    assertThat(worst).isLessThan(5e-7);
  }

  @Test
  void the_ends_are_exact() {
    assertThat(Exponential.exp(0)).isEqualTo(1);
    assertThat(Exponential.exp(-0f)).isEqualTo(1);
    assertThat(Exponential.exp(-88)).isZero();
    assertThat(Exponential.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Exponential.exp(Float.NaN)).isNaN();
  }

  @Property(tries = 100)
  void a_row_is_its_numbers_exponentials_and_their_sum(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int count) {
    float[] values = Embeddings.numbers(seed, count + 3);
    float[] exponentials = new float[count];
    float greatest = Exponential.greatest(values, count);
    double sum = Exponential.exp(values, count, greatest, 10, exponentials);
    double expected = 0;
    for (int i = 0; i < count; i++) {
      assertThat(values[i]).isLessThanOrEqualTo(greatest);
      assertThat(exponentials[i]).isEqualTo(Exponential.exp((values[i] - greatest) * 10));
      expected += exponentials[i];
    }
    assertThat(sum).isCloseTo(expected, within(1e-12 * expected));
    assertThat(exponentials).contains(1);
  }
}
