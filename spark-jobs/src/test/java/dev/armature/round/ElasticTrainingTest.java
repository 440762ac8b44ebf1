package dev.armature.round;

import static dev.armature.round.TrainingStateAssert.assertThatState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.LocalSpark;
import dev.armature.dataset.store.StoredSequence;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs whose number of workers changes between rounds. */
class ElasticTrainingTest {
  private static final SmallRun RUN = SmallRun.usual().workers(3).maxSteps(0);

  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.context();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Numbers of workers one after the other, over and over; the first is asked for twice. */
  private static Workforce changing(List<Integer> workers, int from) {
    int[] asked = {from - 1};
    return () -> workers.get(Math.max(asked[0]++, from) % workers.size());
  }

  private record Account(List<RoundReport> reports, List<TrainingState> states) {
    TrainingState end() {
      return states.get(states.size() - 1);
    }
  }

  private static Account train(SmallRun run, TrainingState start, Workforce workforce)
      throws IOException {
    return train(run, SmallRun.data(spark), start, workforce);
  }

  private static Account train(
      SmallRun run, JavaRDD<StoredSequence> data, TrainingState start, Workforce workforce)
      throws IOException {
    Account account = new Account(new ArrayList<>(), new ArrayList<>());
    new Coordinator(spark, run.plan(), data, 1, workforce)
        .run(
            start,
            (report, state) -> {
              account.reports().add(report);
              account.states().add(state);
            });
    return account;
  }

  private static final List<Integer> NUMBERS = List.of(3, 3, 1, 2, 2, 3, 1);

  @ParameterizedTest
  @EnumSource(Teacher.class)
  void the_same_numbers_of_workers_end_in_the_same_bits_wherever_the_data_lies(Teacher teacher)
      throws IOException {
    SmallRun run = RUN.teacher(teacher);
    Account once = train(run, run.initial(), changing(NUMBERS, 0));
    JavaRDD<StoredSequence> elsewhere = spark.parallelize(SmallRun.sequences(), 5);
    Account again = train(run, elsewhere, run.initial(), changing(NUMBERS, 0));
    assertThatState(again.end()).hasTheSameNumbersAs(once.end());
    assertThat(once.reports().stream().map(report -> report.hosts().size()).distinct())
        .containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void every_key_enters_the_queues_once_and_every_epoch_comes_to_its_end() throws IOException {
    Account account = train(RUN, RUN.initial(), changing(NUMBERS, 0));
    long keys =
        account.reports().stream()
            .mapToLong(
                report -> (long) report.round().steps() * report.hosts().size() * SmallRun.BATCH)
            .sum();
    assertThat(account.end().queues().enqueued()).isEqualTo(keys);
    assertThat(account.end().epochs()).isEqualTo(RUN.plan().train().epochs());
    Iterator<Integer> numbers = new ArrayList<>(NUMBERS).iterator();
    for (RoundReport report : account.reports()) {
      numbers = numbers.hasNext() ? numbers : NUMBERS.iterator();
      assertThat(report.hosts()).hasSize(numbers.next());
    }
    // A pass over the data is a pass, whoever makes it.
    long sequences = account.reports().stream().mapToLong(RoundReport::sequences).sum();
    long wanted = (long) RUN.plan().train().epochs() * SmallRun.SEQUENCES;
    assertThat((double) sequences / wanted).isBetween(0.75, 1.25);
  }

  @Test
  void a_run_resumed_after_a_change_goes_on_as_if_it_had_never_stopped() throws IOException {
    Account whole = train(RUN, RUN.initial(), changing(NUMBERS, 0));
    for (int done : List.of(1, 3, 4, 6)) {
      TrainingState stored = throughCheckpoint(whole.states().get(done - 1));
      Account rest = train(RUN, stored, changing(NUMBERS, done));
      assertThatState(rest.end()).hasTheSameNumbersAs(whole.end());
      assertThat(rest.reports()).hasSize(whole.reports().size() - done);
    }
  }

  @Test
  void workers_there_were_before_the_first_round_leave_no_trace() throws IOException {
    Account whole = train(RUN, RUN.initial(), changing(NUMBERS, 0));
    for (int done : List.of(0, 1, 4)) {
      TrainingState from =
          done == 0 ? RUN.initial() : throughCheckpoint(whole.states().get(done - 1));
      int[] round = {done - 1};
      Workforce workforce =
          () -> {
            int next = round[0]++;
            return next < done ? 1 : NUMBERS.get(next % NUMBERS.size());
          };
      Account rest = train(RUN, from, workforce);
      assertThatState(rest.end()).hasTheSameNumbersAs(whole.end());
    }
  }

  @Test
  void a_job_of_spark_ends_when_its_round_is_given_up() {
    ElasticWorkforce nobody = new ElasticWorkforce(() -> 0, 2, 2, Duration.ZERO, line -> {});
    spark.setJobGroup("given up", "", true);
    try {
      assertThatThrownBy(
              () ->
                  nobody.during(
                      () -> spark.parallelize(List.of(1, 2), 2).foreach(ElasticTrainingTest::hang),
                      () -> spark.cancelJobGroup("given up")))
          .isInstanceOf(NoExecutorException.class);
    } finally {
      spark.clearJobGroup();
    }
  }

  private static void hang(int task) throws InterruptedException {
    new CountDownLatch(1).await();
  }

  @Test
  void a_number_that_does_not_change_is_a_run_of_that_number() throws IOException {
    Account steady = train(RUN, RUN.initial(), () -> 3);
    assertThatState(steady.end()).hasTheSameNumbersAs(RUN.train(spark));
    assertThat(steady.end().deal()).isEmpty();
  }

  @Test
  void a_run_that_only_ever_had_fewer_workers_is_one_of_so_many() throws IOException {
    Account fewer = train(RUN, RUN.initial(), () -> 2);
    assertThatState(fewer.end()).hasTheSameNumbersAs(RUN.workers(2).train(spark));
  }

  private static TrainingState throughCheckpoint(TrainingState state) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    CheckpointFormat.write(
        new Checkpoint(state, RUN.plan().encoder(), RUN.modalities(), Map.of()), file);
    TrainingState read =
        CheckpointFormat.read(new DataInputStream(new ByteArrayInputStream(file.toByteArray())), "")
            .state();
    assertThat(read.deal()).isEqualTo(state.deal());
    return read;
  }
}
