package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoundScheduleTest {

  private static TrainSettings train(int batch, int epochs, long maxSteps) {
    return new TrainSettings(batch, epochs, maxSteps, 0.01, List.of(), 0.9, 0, 0.999, 1, true);
  }

  private static RoundSettings round(int localSteps) {
    return new RoundSettings(2, 1, localSteps, Teacher.PER_STEP);
  }

  @Property
  void rounds_cover_every_step_once_and_in_order(
      @ForAll @IntRange(min = 8, max = 200) int shard,
      @ForAll @IntRange(min = 2, max = 8) int batch,
      @ForAll @IntRange(min = 1, max = 5) int epochs,
      @ForAll @IntRange(min = 0, max = 120) int maxSteps,
      @ForAll @IntRange(min = 1, max = 40) int localSteps) {
    RoundSchedule schedule =
        new RoundSchedule(shard, train(batch, epochs, maxSteps), round(localSteps));
    long step = 0;
    for (int index = 0; index < schedule.rounds(); index++) {
      Round round = schedule.round(index);
      assertThat(round.firstStep()).isEqualTo(step);
      assertThat(round.steps()).isBetween(1, localSteps);
      assertThat(round.epoch()).isEqualTo((int) (step / schedule.stepsPerEpoch()));
      assertThat(round.firstBatch()).isEqualTo((int) (step % schedule.stepsPerEpoch()));
      assertThat(round.firstBatch() + round.steps()).isLessThanOrEqualTo(schedule.stepsPerEpoch());
      step += round.steps();
      assertThat(schedule.epochsAfter(round)).isEqualTo((int) (step / schedule.stepsPerEpoch()));
    }
    assertThat(step).isEqualTo(schedule.steps());
    long all = (long) epochs * schedule.stepsPerEpoch();
    assertThat(schedule.steps()).isEqualTo(maxSteps > 0 ? Math.min(all, maxSteps) : all);
  }

  @Test
  void a_worker_without_a_whole_batch_is_refused_with_both_numbers() {
    assertThatThrownBy(() -> new RoundSchedule(63, train(64, 1, 0), round(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("63 sequences")
        .hasMessageContaining("train.batch = 64")
        .hasMessageContaining("round.workers = 2");
  }

  @Test
  void the_learning_rate_changes_with_the_epoch_that_the_schedule_names() {
    TrainSettings settings =
        new TrainSettings(
            64, 451, 0, 0.01, List.of(new LearningRateChange(351, 0.1)), 0.9, 0, 0.999, 1, true);
    assertThat(settings.learningRate(349)).isEqualTo(0.01);
    assertThat(settings.learningRate(350)).isEqualTo(0.001);
  }
}
