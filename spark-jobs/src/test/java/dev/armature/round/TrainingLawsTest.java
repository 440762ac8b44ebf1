package dev.armature.round;

import static dev.armature.round.TrainingStateAssert.assertThatState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.LocalSpark;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.distill.ClusterSettings;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.QueueSnapshot;
import dev.armature.encoder.ParameterLayout;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;

/** What must hold between whole runs, on the real engine and on Spark. */
class TrainingLawsTest {
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.failing(LateFailure.class);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void training_changes_every_encoder_and_fills_the_queues() throws IOException {
    SmallRun run = SmallRun.usual();
    TrainingState before = run.initial();
    TrainingState after = run.train(spark);
    for (int m = 0; m < 3; m++) {
      assertThat(after.model().query().get(m).values())
          .doesNotContain(Float.NaN)
          .isNotEqualTo(before.model().query().get(m).values());
      assertThat(after.model().key().get(m).values())
          .isNotEqualTo(before.model().key().get(m).values())
          .isNotEqualTo(after.model().query().get(m).values());
    }
    assertThat(after.queues().enqueued()).isEqualTo(14L * SmallRun.BATCH);
  }

  @ParameterizedTest
  @CsvSource({"2, 32, CMD", "5, 32, CMD", "5, 9, CMD", "50, 32, CMD", "5, 32, I2MD", "5, 9, I2MD"})
  void one_worker_ends_the_same_however_many_steps_a_round_has(
      int localSteps, int queue, Method method) throws IOException {
    SmallRun run = SmallRun.usual().distilling(method, 1).queue(queue);
    assertThatState(run.localSteps(localSteps).train(spark))
        .hasTheSameNumbersAs(run.localSteps(1).train(spark));
  }

  /**
   * With one step a round, a teacher that moves between rounds is one that moves before every step,
   * but for two things. It has moved once more when the run ends, since the run stops before the
   * step that the last move was for; that move is made up for here. And it is moved in double
   * precision by the driver, in single precision by the engine, so that bits may differ.
   */
  @ParameterizedTest
  @EnumSource(names = {"CMD", "I2MD"})
  void with_one_step_a_round_both_teachers_are_the_same_but_for_rounding(Method method)
      throws IOException {
    SmallRun run = SmallRun.usual().distilling(method, 1).localSteps(1);
    TrainingState perStep = run.train(spark);
    TrainingState perRound = run.teacher(Teacher.PER_ROUND).train(spark);
    List<FloatBlock> moved =
        TeacherAverage.move(
            perStep.model().key(),
            perStep.model().query(),
            run.plan().train().keyMomentum(),
            new ParameterLayout(run.plan().encoder()));
    TrainingState perStepMoved =
        new TrainingState(
            perStep.rounds(),
            perStep.steps(),
            perStep.epochs(),
            new ModelState(perStep.model().query(), moved, perStep.model().velocity()),
            perStep.queues());
    assertThatState(perRound).hasNumbersCloseTo(perStepMoved, 1e-4f);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void with_weight_zero_each_modality_learns_as_if_it_were_alone(Method method) throws IOException {
    SmallRun together = SmallRun.usual().distilling(method, 0);
    TrainingState initial = together.initial();
    TrainingState expected = together.train(spark);
    for (int m = 0; m < together.modalities().size(); m++) {
      SmallRun alone = together.on(List.of(together.modalities().get(m)));
      TrainingState trained = alone.train(spark, SmallRun.data(spark), only(initial, m));
      assertThatState(trained).hasTheSameNumbersAs(expected, 0, m);
    }
  }

  @Test
  void a_cluster_branch_of_no_weight_leaves_the_rest_as_it_is_without_one() throws IOException {
    SmallRun cmd = SmallRun.usual().workers(2);
    DistillSettings with = cmd.distill();
    DistillSettings i2md =
        new DistillSettings(
            Method.I2MD,
            with.queue(),
            with.neighbours(),
            with.weight(),
            with.contrastTemperature(),
            with.teacherTemperature(),
            with.studentTemperature(),
            with.topology(),
            with.mining(),
            new ClusterSettings(0, 8, 0.5, 0.1, true, ClusterSettings.Teaches.KEY, 0, 0, false));
    TrainingState expected = cmd.train(spark);
    TrainingState trained = cmd.distilling(i2md).train(spark);
    for (int m = 0; m < 3; m++) {
      float[] one = expected.model().query().get(m).values();
      assertThat(Arrays.copyOf(trained.model().query().get(m).values(), one.length)).isEqualTo(one);
      assertThat(trained.queues().keys()[m]).isEqualTo(expected.queues().keys()[m]);
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void a_second_stage_begins_after_what_the_first_alone_would_be(Method method) throws IOException {
    SmallRun one = SmallRun.usual().distilling(method, 1);
    SmallRun two = one.stages(new Stages(1, 1, List.of()));
    int epoch = SmallRun.SEQUENCES / SmallRun.BATCH;
    SmallRun first = one.distilling(one.distill().withWeight(0).withoutIntraModal());
    TrainingState middle = two.maxSteps(epoch).train(spark);
    assertThatState(middle).hasTheSameNumbersAs(first.maxSteps(epoch).train(spark));
    assertThatState(two.train(spark))
        .hasTheSameNumbersAs(one.train(spark, SmallRun.data(spark), middle));
    if (method != Method.BASE) {
      assertThat(two.train(spark).model().query().get(0).values())
          .isNotEqualTo(first.train(spark).model().query().get(0).values());
    }
  }

  @Test
  void base_needs_no_weight_to_leave_the_modalities_alone() throws IOException {
    SmallRun together = SmallRun.usual().distilling(Method.BASE, 1);
    // Joint comes first in both, and first weights follow the place.
    SmallRun alone = together.on(List.of(Modality.JOINT));
    assertThatState(alone.train(spark)).hasTheSameNumbersAs(together.train(spark), 0, 0);
  }

  @Test
  void distillation_makes_a_difference() throws IOException {
    SmallRun distilled = SmallRun.usual();
    assertThat(distilled.train(spark).model().query().get(0).values())
        .isNotEqualTo(
            distilled.distilling(Method.BASE, 1).train(spark).model().query().get(0).values());
  }

  @ParameterizedTest
  @CsvSource({"PER_STEP, CMD", "PER_ROUND, CMD", "PER_STEP, I2MD", "PER_ROUND, I2MD"})
  void a_run_that_stops_and_goes_on_ends_as_one_that_never_stopped(Teacher teacher, Method method)
      throws IOException {
    SmallRun run = SmallRun.usual().workers(2).teacher(teacher).distilling(method, 1);
    // Rounds of 2, 2 and 1 steps make an epoch: 7 steps are 4 whole rounds of the longer run, too.
    TrainingState middle = run.maxSteps(7).train(spark);
    TrainingState end = run.train(spark, SmallRun.data(spark), middle);
    TrainingState expected = run.train(spark);
    assertThat(end.rounds()).isEqualTo(expected.rounds()).isGreaterThan(middle.rounds());
    assertThatState(end).hasTheSameNumbersAs(expected);
  }

  @Test
  void the_order_and_the_partitions_in_which_the_data_comes_do_not_count() throws IOException {
    SmallRun run = SmallRun.usual().workers(2);
    List<StoredSequence> reversed = new ArrayList<>(SmallRun.sequences());
    Collections.reverse(reversed);
    assertThatState(run.train(spark, spark.parallelize(reversed, 5), run.initial()))
        .hasTheSameNumbersAs(run.train(spark));
  }

  @Test
  void data_whose_first_reading_fails_ends_in_the_identical_state() throws IOException {
    SmallRun run = SmallRun.usual().workers(2);
    JavaRDD<StoredSequence> failing =
        SmallRun.data(spark)
            .mapPartitions(
                sequences -> {
                  if (TaskContext.get().attemptNumber() == 0) {
                    throw new IOException("the disk is away for a moment");
                  }
                  return sequences;
                });
    assertThatState(run.train(spark, failing, run.initial())).hasTheSameNumbersAs(run.train(spark));
  }

  @ParameterizedTest
  @CsvSource({"PER_STEP, 1", "PER_ROUND, 1", "PER_STEP, 2", "PER_ROUND, 2"})
  void a_round_whose_tasks_all_fail_after_their_work_ends_in_the_identical_state(
      Teacher teacher, int times) throws IOException {
    SmallRun run = SmallRun.usual().workers(2).teacher(teacher);
    TrainingState expected = run.train(spark);
    int failuresBefore = LateFailure.failures();
    RoundListener armed =
        (report, state) ->
            // The next round's tasks inherit what is set here, on the driver's thread.
            spark.setLocalProperty(
                LateFailure.ARMED, state.rounds() == 2 ? Integer.toString(times) : null);
    TrainingState trained = run.train(spark, SmallRun.data(spark), run.initial(), armed);
    assertThat(LateFailure.failures() - failuresBefore).isGreaterThanOrEqualTo(4 * times);
    assertThatState(trained).hasTheSameNumbersAs(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void a_worker_whose_engine_is_broken_gets_another_and_the_state_stays_the_same(int after)
      throws IOException {
    SmallRun run = SmallRun.usual().workers(2);
    TrainingState expected = run.train(spark);
    RoundListener breaking =
        (report, state) -> {
          if (report.round().index() == after) {
            TrainerResources broken = new TrainerResources(run.plan());
            broken.close();
            TrainerPool.giveBack(broken);
          }
        };
    int failuresBefore = LateFailure.failures();
    TrainingState trained = run.train(spark, SmallRun.data(spark), run.initial(), breaking);
    assertThat(LateFailure.failures() - failuresBefore).isEqualTo(1);
    assertThatState(trained).hasTheSameNumbersAs(expected);
  }

  @Test
  void a_result_of_an_earlier_round_fails_the_job_that_it_comes_through_and_says_so() {
    ChunkLayout pieces = new ChunkLayout(List.of(ResultVector.QUERY), 1, 1, 1);
    Round round = new Round(3, 0, 0, 6, 2, 2, 10);
    JavaPairRDD<ChunkKey, Contribution> results =
        spark
            .parallelize(List.of(0, 1), 2)
            .mapToPair(
                worker ->
                    new Tuple2<>(
                        new ChunkKey(0, worker),
                        // Worker 1 is one round behind.
                        new Contribution.Parameters(
                            3 - worker, 2, new FloatBlock(new float[] {worker}))));
    assertThatThrownBy(
            () ->
                results
                    .repartitionAndSortWithinPartitions(
                        new ChunkPartitioner(pieces, 2), ChunkKey.ORDER)
                    .mapPartitions(new Averaging(round, 4, 32))
                    .collect())
        .hasRootCauseMessage("worker 1 sent a result of round 2 in round 3; it is refused");
  }

  private static TrainingState only(TrainingState state, int modality) {
    ModelState model = state.model();
    QueueSnapshot queues = state.queues();
    int modalities = model.query().size();
    float[][] own =
        IntStream.range(0, queues.keys().length / modalities)
            .mapToObj(head -> queues.keys()[head * modalities + modality])
            .toArray(float[][]::new);
    return new TrainingState(
        state.rounds(),
        state.steps(),
        state.epochs(),
        new ModelState(
            List.of(model.query().get(modality)),
            List.of(model.key().get(modality)),
            List.of(model.velocity().get(modality))),
        new QueueSnapshot(queues.capacity(), queues.embedding(), queues.enqueued(), own));
  }
}
