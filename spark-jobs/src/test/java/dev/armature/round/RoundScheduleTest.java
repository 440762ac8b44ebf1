package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoundScheduleTest {

  private static TrainSettings train(int batch, int epochs, long maxSteps) {
    return train(batch, 0, 0, epochs, maxSteps);
  }

  private static TrainSettings train(
      int batch, int firstEpoch, int firstBatch, int epochs, long maxSteps) {
    return new TrainSettings(
        batch, firstEpoch, firstBatch, epochs, maxSteps, 0.01, List.of(), 0.9, 0, 0.999, 1, true);
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
      assertThat(round.byEpoch().stream().mapToInt(Round::steps).sum()).isEqualTo(round.steps());
      if (localSteps < schedule.stepsPerEpoch()) {
        assertThat(round.byEpoch()).containsExactly(round);
      } else {
        assertThat(round.firstBatch()).isZero();
      }
      step += round.steps();
      assertThat(schedule.epochsAfter(round)).isEqualTo((int) (step / schedule.stepsPerEpoch()));
    }
    assertThat(step).isEqualTo(schedule.steps());
    long all = (long) epochs * schedule.stepsPerEpoch();
    assertThat(schedule.steps()).isEqualTo(maxSteps > 0 ? Math.min(all, maxSteps) : all);
  }

  /** What a run does that begins with a later epoch is what a whole run does from there on. */
  @Property
  void a_later_first_epoch_leaves_the_earlier_rounds_out_and_changes_no_other(
      @ForAll @IntRange(min = 8, max = 200) int shard,
      @ForAll @IntRange(min = 2, max = 8) int batch,
      @ForAll @IntRange(min = 0, max = 4) int firstEpoch,
      @ForAll @IntRange(min = 1, max = 4) int epochsLeft,
      @ForAll @IntRange(min = 1, max = 40) int localSteps) {
    int epochs = firstEpoch + epochsLeft;
    RoundSchedule whole = new RoundSchedule(shard, train(batch, epochs, 0), round(localSteps));
    RoundSchedule later =
        new RoundSchedule(shard, train(batch, firstEpoch, 0, epochs, 0), round(localSteps));
    // A round of several epochs may hold the first one in its middle.
    Assume.that(
        localSteps < 2 * (shard / batch) || firstEpoch % (localSteps / (shard / batch)) == 0);
    int skipped = whole.rounds() - later.rounds();
    long skippedSteps = (long) firstEpoch * whole.stepsPerEpoch();
    assertThat(later.steps()).isEqualTo(whole.steps() - skippedSteps);
    for (int index = 0; index < later.rounds(); index++) {
      Round expected = whole.round(skipped + index);
      assertThat(later.round(index))
          .isEqualTo(
              new Round(
                  index,
                  expected.epoch(),
                  expected.firstBatch(),
                  expected.firstStep() - skippedSteps,
                  expected.steps(),
                  expected.workers(),
                  expected.stepsPerEpoch()));
      assertThat(later.epochsAfter(later.round(index))).isEqualTo(whole.epochsAfter(expected));
    }
    assertThat(later.round(0).epoch()).isEqualTo(firstEpoch);
    Round last = later.round(later.rounds() - 1);
    assertThat(last.epochOf(last.steps() - 1)).isEqualTo(epochs - 1);
  }

  /** Steps are the same whichever rounds they fall into. */
  @Property
  void a_later_first_batch_leaves_the_earlier_steps_out_and_changes_no_other(
      @ForAll @IntRange(min = 8, max = 200) int shard,
      @ForAll @IntRange(min = 2, max = 8) int batch,
      @ForAll @IntRange(min = 0, max = 99) int anyBatch,
      @ForAll @IntRange(min = 0, max = 120) int maxSteps,
      @ForAll @IntRange(min = 1, max = 40) int localSteps) {
    RoundSchedule whole = new RoundSchedule(shard, train(batch, 3, 0), round(localSteps));
    int firstBatch = anyBatch % whole.stepsPerEpoch();
    RoundSchedule later =
        new RoundSchedule(shard, train(batch, 0, firstBatch, 3, maxSteps), round(localSteps));
    long left = whole.steps() - firstBatch;
    assertThat(later.steps()).isEqualTo(maxSteps > 0 ? Math.min(left, maxSteps) : left);
    long step = 0;
    for (int index = 0; index < later.rounds(); index++) {
      Round round = later.round(index);
      long inWhole = firstBatch + step;
      assertThat(round.firstStep()).isEqualTo(step);
      assertThat(round.steps()).isBetween(1, localSteps);
      assertThat(round.epoch()).isEqualTo((int) (inWhole / whole.stepsPerEpoch()));
      assertThat(round.firstBatch()).isEqualTo((int) (inWhole % whole.stepsPerEpoch()));
      step += round.steps();
      assertThat(later.epochsAfter(round))
          .isEqualTo((int) ((firstBatch + step) / whole.stepsPerEpoch()));
    }
    assertThat(step).isEqualTo(later.steps());
  }

  /** Where it goes on is as far in the epoch as it was, but for less than a batch. */
  @Property
  void a_new_deal_goes_on_at_the_share_of_the_epoch_that_is_done(
      @ForAll @IntRange(min = 400, max = 900) int sequences,
      @ForAll @IntRange(min = 1, max = 6) int workers,
      @ForAll @IntRange(min = 1, max = 6) int others,
      @ForAll @IntRange(min = 1, max = 40) int localSteps,
      @ForAll @IntRange(min = 0, max = 1000) int anyRound) {
    TrainSettings train = train(8, 3, 0);
    RoundSchedule before =
        new RoundSchedule(
            sequences / workers, train, round(localSteps), Deal.first(train, workers));
    int rounds = anyRound % before.rounds();
    Round instead = before.round(rounds);
    Deal deal = before.dealtAnew(rounds, others, sequences / others, 8);
    RoundSchedule after = new RoundSchedule(sequences / others, train, round(localSteps), deal);
    Round first = after.round(rounds);
    assertThat(first.workers()).isEqualTo(others);
    assertThat(first.epoch()).isEqualTo(instead.epoch());
    assertThat(first.firstStep()).isEqualTo(instead.firstStep());
    double share = (double) instead.firstBatch() / before.stepsPerEpoch();
    assertThat((double) first.firstBatch() / after.stepsPerEpoch())
        .isLessThanOrEqualTo(share)
        .isGreaterThan(share - 1.0 / after.stepsPerEpoch() - 1e-12);
    long step = first.firstStep();
    for (int index = rounds; index < after.rounds(); index++) {
      Round round = after.round(index);
      assertThat(round.index()).isEqualTo(index);
      assertThat(round.firstStep()).isEqualTo(step);
      step += round.steps();
      assertThat(after.epochsAfter(round))
          .isEqualTo(round.epoch() + (round.firstBatch() + round.steps()) / after.stepsPerEpoch());
    }
    assertThat(after.steps()).isEqualTo(step);
    Round last = after.round(after.rounds() - 1);
    assertThat(after.epochsAfter(last)).isEqualTo(3);
  }

  @Property
  void a_new_deal_to_as_many_workers_changes_nothing(
      @ForAll @IntRange(min = 60, max = 300) int sequences,
      @ForAll @IntRange(min = 1, max = 4) int workers,
      @ForAll @IntRange(min = 0, max = 70) int maxSteps,
      @ForAll @IntRange(min = 1, max = 10) int localSteps,
      @ForAll @IntRange(min = 0, max = 1000) int anyRound) {
    TrainSettings train = train(8, 3, maxSteps);
    RoundSchedule before =
        new RoundSchedule(
            sequences / workers, train, round(localSteps), Deal.first(train, workers));
    // Rounds of a deal are counted from where it begins: the same ones only from an epoch's start.
    int rounds = anyRound % before.rounds();
    while (before.round(rounds).firstBatch() % localSteps != 0) {
      rounds--;
    }
    RoundSchedule after =
        new RoundSchedule(
            sequences / workers,
            train,
            round(localSteps),
            before.dealtAnew(rounds, workers, sequences / workers, 8));
    assertThat(after.rounds()).isEqualTo(before.rounds());
    assertThat(after.steps()).isEqualTo(before.steps());
    for (int index = rounds; index < before.rounds(); index++) {
      assertThat(after.round(index)).isEqualTo(before.round(index));
    }
  }

  @Property
  void a_round_that_is_longer_than_an_epoch_spans_as_many_whole_ones_as_fit(
      @ForAll @IntRange(min = 1, max = 6) int stepsPerEpoch,
      @ForAll @IntRange(min = 1, max = 9) int epochs,
      @ForAll @IntRange(min = 1, max = 40) int localSteps) {
    RoundSchedule schedule =
        new RoundSchedule(4 * stepsPerEpoch, train(4, epochs, 0), round(localSteps));
    int fit = Math.max(1, Math.min(localSteps / stepsPerEpoch, epochs));
    if (localSteps >= stepsPerEpoch) {
      assertThat(schedule.rounds()).isEqualTo((epochs + fit - 1) / fit);
      assertThat(schedule.round(0).steps()).isEqualTo(fit * stepsPerEpoch);
    }
    for (int index = 0; index < schedule.rounds(); index++) {
      int step = 0;
      for (Round part : schedule.round(index).byEpoch()) {
        assertThat(part.epoch()).isEqualTo(schedule.round(index).epochOf(step));
        assertThat(part.firstStep()).isEqualTo(schedule.round(index).firstStep() + step);
        assertThat(part.firstBatch() + part.steps()).isLessThanOrEqualTo(stepsPerEpoch);
        step += part.steps();
      }
    }
  }

  @Property
  void a_run_that_gets_more_epochs_later_takes_every_step_once(
      @ForAll @IntRange(min = 1, max = 6) int stepsPerEpoch,
      @ForAll @IntRange(min = 1, max = 9) int epochs,
      @ForAll @IntRange(min = 1, max = 9) int more,
      @ForAll @IntRange(min = 1, max = 40) int localSteps) {
    int shard = 4 * stepsPerEpoch;
    RoundSchedule before = new RoundSchedule(shard, train(4, epochs, 0), round(localSteps));
    TrainSettings longer = train(4, epochs + more, 0);
    RoundSchedule planned = new RoundSchedule(shard, longer, round(localSteps));
    Deal deal =
        planned.goingOn(before.rounds(), before.epochsAfter(before.round(before.rounds() - 1)));
    RoundSchedule after = new RoundSchedule(shard, longer, round(localSteps), deal);
    long step = before.steps();
    for (int index = before.rounds(); index < after.rounds(); index++) {
      assertThat(after.round(index).firstStep()).isEqualTo(step);
      assertThat(after.round(index).epoch()).isEqualTo((int) (step / stepsPerEpoch));
      step += after.round(index).steps();
    }
    assertThat(step).isEqualTo((long) (epochs + more) * stepsPerEpoch).isEqualTo(after.steps());
    if (localSteps < stepsPerEpoch) {
      assertThat(after.rounds()).isEqualTo(planned.rounds());
    }
  }

  @Property
  void a_run_that_gets_fewer_epochs_than_are_done_is_over(
      @ForAll @IntRange(min = 1, max = 6) int stepsPerEpoch,
      @ForAll @IntRange(min = 1, max = 9) int epochs,
      @ForAll @IntRange(min = 1, max = 9) int done,
      @ForAll @IntRange(min = 1, max = 40) int localSteps) {
    int shard = 4 * stepsPerEpoch;
    RoundSchedule before = new RoundSchedule(shard, train(4, epochs + done, 0), round(localSteps));
    TrainSettings shorter = train(4, epochs, 0);
    RoundSchedule planned = new RoundSchedule(shard, shorter, round(localSteps));
    Deal deal = planned.goingOn(before.rounds(), epochs + done);
    assertThat(new RoundSchedule(shard, shorter, round(localSteps), deal).rounds())
        .isLessThanOrEqualTo(before.rounds());
  }

  @Test
  void a_first_batch_beyond_the_epoch_is_refused_with_both_numbers() {
    assertThatThrownBy(() -> new RoundSchedule(40, train(4, 0, 10, 3, 0), round(7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("init.batch is 10, expected less than the 10 batches of an epoch");
  }

  @Property
  void the_most_steps_are_those_of_the_run_itself_wherever_it_begins(
      @ForAll @IntRange(min = 0, max = 4) int firstEpoch,
      @ForAll @IntRange(min = 1, max = 60) int maxSteps) {
    RoundSchedule schedule =
        new RoundSchedule(40, train(4, firstEpoch, 0, firstEpoch + 3, maxSteps), round(7));
    assertThat(schedule.steps()).isEqualTo(Math.min(maxSteps, 30));
    assertThat(schedule.round(0).firstStep()).isZero();
  }

  @Test
  void a_run_without_an_epoch_left_is_refused_with_both_numbers() {
    assertThatThrownBy(() -> train(4, 3, 0, 3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the first epoch must be 0 to 2, one less than the epochs, found 3");
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
            64, 0, 0, 451, 0, 0.01, List.of(new FactorChange(351, 0.1)), 0.9, 0, 0.999, 1, true);
    assertThat(settings.rate().ofOneWorker(349)).isEqualTo(0.01);
    assertThat(settings.rate().ofOneWorker(350)).isEqualTo(0.001);
  }
}
