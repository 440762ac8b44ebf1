package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {
  private static final List<FactorChange> FALLS = List.of(new FactorChange(7, 0.1));

  @ParameterizedTest
  @EnumSource
  void one_worker_has_the_schedules_rate_whatever_the_scaling(RateScaling scaling) {
    LearningRate rate = new LearningRate(0.03, FALLS, scaling, 5);
    for (int epoch = 0; epoch < 9; epoch++) {
      assertThat(rate.at(epoch, 3, 10, 1)).isEqualTo(FactorChange.value(0.03, FALLS, epoch));
    }
  }

  @Test
  void without_scaling_the_number_of_workers_does_not_count() {
    LearningRate rate = LearningRate.of(0.03, FALLS);
    assertThat(rate.at(0, 0, 10, 64)).isEqualTo(0.03);
    assertThat(rate.at(6, 0, 10, 64)).isEqualTo(0.03 * 0.1);
  }

  @Test
  void the_rate_grows_with_the_workers_or_with_their_square_root() {
    assertThat(new LearningRate(0.1, FALLS, RateScaling.LINEAR, 0).at(0, 0, 10, 9))
        .isCloseTo(0.9, within(1e-15));
    assertThat(new LearningRate(0.1, FALLS, RateScaling.SQRT, 0).at(0, 0, 10, 9))
        .isCloseTo(0.3, within(1e-15));
  }

  @Property
  void warm_up_begins_unscaled_grows_by_as_much_every_step_and_ends_scaled(
      @ForAll @IntRange(min = 1, max = 6) int epochs,
      @ForAll @IntRange(min = 1, max = 20) int batches,
      @ForAll @IntRange(min = 2, max = 512) int workers) {
    LearningRate rate = new LearningRate(0.1, List.of(), RateScaling.LINEAR, epochs);
    assertThat(rate.at(0, 0, batches, workers)).isEqualTo(0.1);
    double step = 0.1 * (workers - 1) / (epochs * batches);
    for (int i = 0; i < epochs * batches; i++) {
      double now = rate.at(i / batches, i % batches, batches, workers);
      double next = rate.at((i + 1) / batches, (i + 1) % batches, batches, workers);
      assertThat(next - now).isCloseTo(step, within(1e-9));
    }
    assertThat(rate.at(epochs, 0, batches, workers)).isEqualTo(0.1 * workers);
  }
}
