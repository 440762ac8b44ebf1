package dev.armature.round;

import static dev.armature.round.TrainingStateAssert.assertThatState;
import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.LocalSpark;
import dev.armature.augment.AugmentSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With every random choice switched off, nothing but the start and the data decides. */
class ExactModeTest {
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.context();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private record Trained(TrainingState state, List<Map<String, Double>> losses) {}

  private static TrainingPlan plan(
      long seed, int localSteps, int firstEpoch, int epochs, boolean exact) {
    TrainingPlan usual = SmallRun.usual().localSteps(localSteps).plan();
    AugmentSettings random = usual.augment();
    AugmentSettings plain =
        new AugmentSettings(
            AugmentSettings.Temporal.CENTRE,
            AugmentSettings.Spatial.NONE,
            random.frames(),
            random.minimumCrop(),
            random.minimumRatio(),
            random.downstreamRatio(),
            random.evaluationRatio(),
            random.corruptedShare());
    TrainSettings train = usual.train();
    return new TrainingPlan(
        usual.modalities(),
        usual.layout(),
        usual.persons(),
        usual.encoder(),
        usual.backend(),
        usual.execution(),
        exact ? plain : random,
        usual.distill(),
        usual.stages(),
        new TrainSettings(
            train.batch(),
            firstEpoch,
            0,
            epochs,
            0,
            train.rate().initial(),
            List.of(new FactorChange(2, 0.5)),
            train.momentum(),
            train.weightDecay(),
            train.keyMomentum(),
            seed,
            !exact),
        usual.round());
  }

  private static Trained train(TrainingPlan plan, TrainingState start) throws IOException {
    List<Map<String, Double>> losses = new ArrayList<>();
    TrainingState end =
        new Coordinator(spark, plan, SmallRun.data(spark))
            .run(
                start, (report, state) -> report.steps().forEach(step -> losses.add(step.terms())));
    return new Trained(end, losses);
  }

  @Test
  void two_seeds_give_the_same_losses_and_the_same_state() throws IOException {
    TrainingState start = SmallRun.usual().initial();
    Trained one = train(plan(1, 3, 0, 2, true), start);
    Trained other = train(plan(2, 3, 0, 2, true), start);
    assertThat(one.losses()).hasSize(22).isEqualTo(other.losses());
    assertThatState(one.state()).hasTheSameNumbersAs(other.state());
  }

  @Test
  void two_seeds_give_other_losses_where_choices_are_random() throws IOException {
    TrainingState start = SmallRun.usual().initial();
    assertThat(train(plan(1, 3, 0, 1, false), start).losses())
        .doesNotContainAnyElementsOf(train(plan(2, 3, 0, 1, false), start).losses());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 25})
  void the_number_of_local_steps_changes_no_loss(int localSteps) throws IOException {
    TrainingState start = SmallRun.usual().initial();
    Trained expected = train(plan(1, 11, 0, 2, true), start);
    Trained found = train(plan(1, localSteps, 0, 2, true), start);
    assertThat(found.losses()).isEqualTo(expected.losses());
    assertThatState(found.state()).hasTheSameNumbersAs(expected.state());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_run_that_begins_with_a_later_epoch_goes_on_as_if_it_had_never_stopped(boolean exact)
      throws IOException {
    TrainingState start = SmallRun.usual().initial();
    Trained whole = train(plan(1, 3, 0, 3, exact), start);
    TrainingState middle = train(plan(1, 3, 0, 1, exact), start).state();
    assertThat(middle.epochs()).isEqualTo(1);
    Trained later =
        train(
            plan(1, 3, 1, 3, exact),
            new TrainingState(0, middle.steps(), 1, middle.model(), middle.queues()));
    assertThat(later.losses()).isEqualTo(whole.losses().subList(11, 33));
    assertThatState(later.state()).hasTheSameNumbersAs(whole.state());
    assertThat(later.state().epochs()).isEqualTo(3);
  }
}
