package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.round.DivergenceGuard.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DivergenceGuardTest {
  private static final GuardSettings USUAL = new GuardSettings(2, 5, 3);
  private static final int STEPS = 4;

  /** A guess among so many has a loss of 9.7. */
  private static final int QUEUE = 16384;

  private static final double GUESS = Math.log1p(QUEUE);

  private static RoundLosses losses(int index, double loss, double rate) {
    return new RoundLosses(
        new Round(index, index, 0, (long) index * STEPS, STEPS, 1, STEPS),
        rate,
        Collections.nCopies(
            STEPS,
            Map.of(
                "contrastive.joint",
                loss,
                "distillation.joint-bone",
                index * 0.5,
                "total",
                20 + loss)));
  }

  private static List<Verdict> verdicts(
      DivergenceGuard guard, int rounds, IntToDoubleFunction loss, IntToDoubleFunction rate) {
    List<Verdict> verdicts = new ArrayList<>();
    for (int index = 0; index < rounds; index++) {
      guard.see(losses(index, loss.applyAsDouble(index), rate.applyAsDouble(index)), index >= 3);
      verdicts.add(guard.judge());
    }
    return verdicts;
  }

  private static DivergenceGuard guard(Stages stages) {
    return new DivergenceGuard(USUAL, SmallRun.usual().queue(QUEUE).stages(stages).plan());
  }

  @Test
  void random_keys_that_are_told_apart_at_once_are_no_best() {
    double[] start = {0.01, 0.5, 3, 4.6, 5.1, 5.0};
    assertThat(
            verdicts(
                guard(Stages.ONE),
                40,
                index -> index < start.length ? start[index] : 4.8,
                i -> 0.1))
        .containsOnly(Verdict.GOOD);
  }

  @Property
  void a_loss_that_falls_with_noise_is_good(
      @ForAll @IntRange(min = 1, max = 1000) int seed,
      @ForAll @DoubleRange(min = 0, max = 0.4) double noise) {
    SplittableRandom random = new SplittableRandom(seed);
    assertThat(
            verdicts(
                guard(Stages.ONE),
                60,
                index -> (3 + 2.0 / (1 + index)) * (1 + noise * (random.nextDouble() - 0.5)),
                i -> 0.1))
        .containsOnly(Verdict.GOOD);
  }

  @Test
  void a_loss_that_explodes_ends_the_run_with_term_rounds_and_numbers() {
    DivergenceGuard guard = guard(Stages.ONE);
    List<Verdict> before = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              for (int index = 0; index < 60; index++) {
                double loss = index < 20 ? 4 : 4 * Math.pow(1.3, index - 19);
                guard.see(losses(index, loss, 0.1), index >= 3);
                before.add(guard.judge());
              }
            })
        .isInstanceOf(DivergedException.class)
        .hasMessageContainingAll(
            "contrastive.joint", "in round 26", "was 4.000 in round 7", "guard.factor = 2.0");
    assertThat(before.subList(0, 20)).containsOnly(Verdict.GOOD);
    assertThat(before.subList(20, before.size()))
        .containsSubsequence(Verdict.RISING, Verdict.SUSPECT, Verdict.SUSPECT);
  }

  @Test
  void a_loss_that_comes_back_within_the_patience_is_forgiven() {
    DivergenceGuard guard =
        new DivergenceGuard(new GuardSettings(2, 5, 4), SmallRun.usual().queue(QUEUE).plan());
    List<Verdict> verdicts =
        verdicts(guard, 40, index -> index >= 20 && index < 23 ? 9.9 : 4, i -> 0.1);
    assertThat(verdicts.subList(20, 30)).containsSubsequence(Verdict.SUSPECT, Verdict.GOOD);
    assertThat(verdicts.subList(30, 40)).containsOnly(Verdict.GOOD);
  }

  @Test
  void another_stage_and_a_rate_that_jumps_begin_the_comparison_anew() {
    assertThat(
            verdicts(
                guard(new Stages(20, 0, List.of())), 40, index -> index < 20 ? 3 : 7, i -> 0.1))
        .containsOnly(Verdict.GOOD);
    assertThat(
            verdicts(
                guard(Stages.ONE),
                40,
                index -> index < 20 ? 3 : 7,
                index -> index < 20 ? 0.01 : 0.1))
        .containsOnly(Verdict.GOOD);
    assertThatThrownBy(
            () ->
                verdicts(
                    guard(Stages.ONE), 40, index -> index < 20 ? 3 : 7, i -> i < 20 ? 0.1 : 0.01))
        .isInstanceOf(DivergedException.class);
  }

  @Test
  void a_warm_up_is_watched() {
    assertThatThrownBy(
            () ->
                verdicts(
                    guard(Stages.ONE),
                    40,
                    index -> index < 20 ? 3 : 7,
                    index -> 0.1 * (index + 1) / 100))
        .isInstanceOf(DivergedException.class);
  }

  @Test
  void a_collapse_is_seen_where_twice_the_best_is_more_than_a_guess_has() {
    assertThatThrownBy(
            () -> verdicts(guard(Stages.ONE), 40, index -> index < 20 ? 6 : GUESS, i -> 0.1))
        .isInstanceOf(DivergedException.class)
        .hasMessageContainingAll(
            "The encoders have collapsed: contrastive.joint is 9.704 in round 24",
            "was 6.000 in round 7",
            "a guess among distill.queue = 16384 keys has 9.704",
            "for guard.patience = 3 rounds");
  }

  @Test
  void a_loss_that_was_never_far_below_a_guess_may_go_back_there() {
    assertThat(
            verdicts(
                guard(Stages.ONE),
                60,
                index -> index < 20 || index > 40 ? 0.8 * GUESS : GUESS,
                i -> 0.1))
        .containsOnly(Verdict.GOOD);
  }

  @Test
  void at_the_end_of_a_run_there_is_no_patience() {
    DivergenceGuard good = guard(Stages.ONE);
    verdicts(good, 40, index -> 4, i -> 0.1);
    good.end();
    DivergenceGuard suspect = guard(Stages.ONE);
    assertThat(verdicts(suspect, 40, index -> index < 36 ? 4 : 9, i -> 0.1))
        .endsWith(Verdict.SUSPECT);
    assertThatThrownBy(suspect::end)
        .isInstanceOf(DivergedException.class)
        .hasMessageContainingAll("The loss has exploded", "9.000 in round 39", "has ended");
  }

  @Test
  void noise_near_nothing_is_no_explosion() {
    assertThat(verdicts(guard(Stages.ONE), 40, index -> index % 12 < 6 ? 0.01 : 0.2, i -> 0.1))
        .containsOnly(Verdict.GOOD);
  }

  @Test
  void a_factor_of_0_is_no_guard() {
    DivergenceGuard off = new DivergenceGuard(new GuardSettings(0, 5, 3), SmallRun.usual().plan());
    assertThat(verdicts(off, 40, index -> Math.pow(1.5, index), i -> 0.1))
        .containsOnly(Verdict.GOOD);
  }
}
