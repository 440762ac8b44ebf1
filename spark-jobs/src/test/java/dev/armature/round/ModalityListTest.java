package dev.armature.round;

import static dev.armature.round.TrainingStateAssert.assertThatState;
import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.LocalSpark;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs with more modalities than the published three. */
class ModalityListTest {
  private static final List<Modality> FOUR =
      List.of(Modality.JOINT, Modality.MOTION, Modality.BONE, Modality.BONE_ACCELERATION);
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.context();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void a_modality_more_at_the_end_leaves_the_first_weights_and_queues_of_the_others() {
    SmallRun three = SmallRun.usual();
    TrainingState expected = three.initial();
    for (List<Modality> longer : List.of(FOUR, List.of(Modality.values()))) {
      TrainingState actual = three.on(longer).initial();
      assertThat(actual.model().query()).hasSize(longer.size());
      assertThat(actual.queues().keys()).hasDimensions(longer.size(), 32 * 6);
      for (int m = 0; m < three.modalities().size(); m++) {
        assertThat(longer.get(m)).isEqualTo(three.modalities().get(m));
        assertThatState(actual).hasTheSameNumbersAs(expected, m, m);
      }
      assertThat(actual.model().query().stream().map(FloatBlock::values).distinct())
          .hasSize(longer.size());
    }
  }

  @Test
  void without_distillation_the_others_learn_as_if_it_were_not_there() throws IOException {
    SmallRun three = SmallRun.usual().distilling(Method.BASE, 1);
    TrainingState expected = three.train(spark);
    TrainingState actual = three.on(FOUR).train(spark);
    for (int m = 0; m < three.modalities().size(); m++) {
      assertThatState(actual).hasTheSameNumbersAs(expected, m, m);
    }
  }

  @ParameterizedTest
  @EnumSource(Teacher.class)
  void four_modalities_that_stop_and_go_on_end_as_if_they_had_never_stopped(Teacher teacher)
      throws IOException {
    SmallRun run = SmallRun.usual().on(FOUR).workers(2).teacher(teacher);
    List<RoundReport> reports = new ArrayList<>();
    TrainingState expected =
        run.train(
            spark, SmallRun.data(spark), run.initial(), (report, state) -> reports.add(report));
    TrainingState middle = run.maxSteps(7).train(spark);
    assertThatState(run.train(spark, SmallRun.data(spark), middle)).hasTheSameNumbersAs(expected);
    assertThat(reports.get(0).steps().get(0).terms())
        .containsKeys(
            "contrastive.bone_acceleration",
            "distillation.joint-bone_acceleration",
            "distillation.bone_acceleration-bone",
            "distillation.bone-motion");
    assertThat(reports.get(0).steps().get(0).terms().keySet())
        .filteredOn(name -> name.startsWith("distillation."))
        .hasSize(12);
    for (int m = 0; m < FOUR.size(); m++) {
      assertThat(expected.model().query().get(m).values())
          .as(FOUR.get(m).label())
          .isNotEqualTo(run.initial().model().query().get(m).values());
    }
  }
}
