package dev.armature.round;

import static dev.armature.round.TrainingStateAssert.assertThatState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.LocalSpark;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.encoder.ParameterLayout;
import dev.armature.round.OuterOptimizer.Average;
import dev.armature.round.OuterOptimizer.Nesterov;
import dev.armature.round.OuterOptimizer.SlowMo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must hold between whole runs that share less, or otherwise, than everything. */
class SharingLawsTest {
  /** Everything that workers can carry, and an outer optimizer with momentum. */
  private static final Sharing LEAST =
      new Sharing(new SlowMo(0.9, 0.4), Momentum.LOCAL, Wire.BFLOAT16, QueueSharing.LOCAL);

  private static JavaSparkContext spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.failing(LateFailure.class);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Sharing outer(OuterOptimizer optimizer) {
    return new Sharing(optimizer, Momentum.AVERAGED, Wire.FLOAT32, QueueSharing.SHARED);
  }

  private static Sharing with(Momentum momentum, Wire wire, QueueSharing queues) {
    return new Sharing(new Average(), momentum, wire, queues);
  }

  @Test
  void outer_optimizers_without_momentum_at_rate_1_train_as_the_average_does() throws IOException {
    SmallRun run = SmallRun.usual().workers(2);
    TrainingState average = run.train(spark);
    for (OuterOptimizer plain : List.of(new SlowMo(1, 0), new Nesterov(1, 0))) {
      TrainingState trained = run.sharing(outer(plain)).train(spark);
      assertThatState(trained).hasTheSameNumbersAs(average);
      assertThat(trained.outer()).hasSize(3);
    }
    assertThat(average.outer()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void one_worker_that_keeps_its_momentum_and_its_queues_trains_as_one_that_shares_them(
      Teacher teacher) throws IOException {
    SmallRun run = SmallRun.usual().teacher(teacher).distilling(Method.I2MD, 1);
    TrainingState shared = run.train(spark);
    Sharing own = with(Momentum.LOCAL, Wire.FLOAT32, QueueSharing.LOCAL);
    TrainingState kept = run.sharing(own).train(spark);
    sameEncoders(kept, shared);
  }

  private static void sameEncoders(TrainingState found, TrainingState expected) {
    for (int m = 0; m < expected.model().query().size(); m++) {
      assertThat(found.model().query().get(m).values())
          .isEqualTo(expected.model().query().get(m).values());
      assertThat(found.model().key().get(m).values())
          .isEqualTo(expected.model().key().get(m).values());
    }
  }

  @Test
  void momentum_that_is_reset_makes_a_difference_from_the_second_round_on() throws IOException {
    Sharing reset = with(Momentum.RESET, Wire.FLOAT32, QueueSharing.SHARED);
    SmallRun run = SmallRun.usual().maxSteps(2);
    sameEncoders(run.sharing(reset).train(spark), run.train(spark));
    SmallRun longer = run.maxSteps(4);
    assertThat(longer.sharing(reset).train(spark).model().query().get(0).values())
        .isNotEqualTo(longer.train(spark).model().query().get(0).values());
  }

  @ParameterizedTest
  @EnumSource
  void results_in_bfloat16_train_nearly_as_results_in_float32(Teacher teacher) throws IOException {
    SmallRun run = SmallRun.usual().workers(2).teacher(teacher);
    TrainingState exact = run.train(spark);
    TrainingState rounded =
        run.sharing(with(Momentum.AVERAGED, Wire.BFLOAT16, QueueSharing.SHARED)).train(spark);
    assertThat(rounded.model().query().get(0).values())
        .isNotEqualTo(exact.model().query().get(0).values())
        .containsExactly(exact.model().query().get(0).values(), within(5e-3f));
    assertThat(rounded.model().key().get(0).values())
        .containsExactly(exact.model().key().get(0).values(), within(5e-3f));
  }

  @ParameterizedTest
  @EnumSource
  void a_workers_own_queues_are_those_it_would_have_alone(Teacher teacher) throws IOException {
    SmallRun alone = SmallRun.usual().teacher(teacher).localSteps(3).maxSteps(3);
    TrainingState expected = alone.train(spark, half(), alone.initial());
    SmallRun pair =
        alone.workers(2).sharing(with(Momentum.AVERAGED, Wire.FLOAT32, QueueSharing.LOCAL));
    Checkpoints checkpoints = new Checkpoints(pair, folder);
    TrainingState trained = checkpoints.train(pair.initial(), 1).get(0);
    CarriedState first = checkpoints.carried(trained, 0);
    assertThat(first.enqueued()).isEqualTo(expected.queues().enqueued());
    for (int m = 0; m < 3; m++) {
      assertThat(first.vectors().get(m).values()).isEqualTo(expected.queues().keys()[m]);
    }
    assertThat(checkpoints.carried(trained, 1).vectors().get(0).values())
        .isNotEqualTo(expected.queues().keys()[0]);
  }

  /** Every second sequence, which are the first of two workers' shard. */
  private static JavaRDD<StoredSequence> half() {
    return SmallRun.data(spark)
        .filter(stored -> stored.index() % 2 == 0)
        .map(stored -> new StoredSequence(stored.index() / 2, stored.sequence()));
  }

  @ParameterizedTest
  @EnumSource
  void a_run_that_goes_on_from_a_checkpoint_with_what_workers_carry_ends_the_same(Teacher teacher)
      throws IOException {
    SmallRun run =
        SmallRun.usual().workers(3).teacher(teacher).distilling(Method.I2MD, 1).sharing(LEAST);
    Checkpoints checkpoints = new Checkpoints(run.maxSteps(10), folder);
    List<TrainingState> states = checkpoints.train(run.initial(), 1);
    TrainingState end = states.get(states.size() - 1);
    List<TrainingState> later = checkpoints.train(checkpoints.read(2), 1);
    TrainingState resumed = later.get(later.size() - 1);
    assertThatState(resumed).hasTheSameNumbersAs(end);
    // The checksums of what the workers carry, too.
    assertThat(resumed.carried()).isEqualTo(end.carried());
    assertThat(resumed.outer().get(1).values()).isEqualTo(end.outer().get(1).values());
  }

  @Test
  void tasks_that_fail_after_their_work_leave_no_trace_in_what_workers_carry() throws IOException {
    SmallRun run = SmallRun.usual().workers(2).maxSteps(6).sharing(LEAST);
    List<TrainingState> undisturbed = new Checkpoints(run, folder).train(run.initial(), 3);
    int failures = LateFailure.failures();
    spark.setLocalProperty(LateFailure.ARMED, "1");
    List<TrainingState> disturbed;
    try {
      disturbed = new Checkpoints(run, folder.resolve("disturbed")).train(run.initial(), 3);
    } finally {
      spark.setLocalProperty(LateFailure.ARMED, null);
    }
    assertThat(LateFailure.failures()).isGreaterThan(failures + 6);
    assertThatState(disturbed.get(0)).hasTheSameNumbersAs(undisturbed.get(0));
    assertThat(((CarriedStates.Files) disturbed.get(0).carried()).parts())
        .isEqualTo(((CarriedStates.Files) undisturbed.get(0).carried()).parts());
  }

  @Test
  void what_is_lost_is_told_from_other_failures() {
    SmallRun run = SmallRun.usual().workers(2).sharing(LEAST);
    TrainingState lost = run.initial().withCarried(new CarriedStates.Blocks(1_000_000_000, 2, 1));
    assertThatThrownBy(() -> run.train(spark, SmallRun.data(spark), lost))
        .isInstanceOf(CarriedStateLostException.class);
  }

  @Test
  void a_checkpoint_with_a_missing_or_damaged_part_is_passed_over_when_training_goes_on()
      throws IOException {
    SmallRun run = SmallRun.usual().workers(2).localSteps(1).maxSteps(3).sharing(LEAST);
    Checkpoints checkpoints = new Checkpoints(run, folder);
    checkpoints.train(run.initial(), 1);
    assertThat(checkpoints.newest().rounds()).isEqualTo(3);
    Path part = folder.resolve(CarriedPart.name(3, 1));
    byte[] bytes = Files.readAllBytes(part);
    bytes[bytes.length - 1]++;
    Files.write(part, bytes);
    Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    List<String> passedOver = new ArrayList<>();
    assertThat(checkpoints.newest(passedOver).rounds()).isEqualTo(2);
    Files.delete(part);
    assertThat(checkpoints.newest(passedOver).rounds()).isEqualTo(2);
    assertThat(passedOver)
        .hasSize(2)
        .allMatch(line -> line.contains("round-00000003.worker-00001.safetensors"));
    // Its encoders can be used all the same.
    assertThat(checkpoints.store.latest(line -> {}).orElseThrow().state().rounds()).isEqualTo(3);
  }

  @Test
  void old_checkpoints_take_their_parts_with_them() throws IOException {
    SmallRun run = SmallRun.usual().workers(2).localSteps(1).maxSteps(3).sharing(LEAST);
    Checkpoints checkpoints = new Checkpoints(run, folder);
    checkpoints.train(run.initial(), 1);
    // A run that was killed after the parts, before the checkpoint.
    Files.createFile(folder.resolve(CarriedPart.name(4, 0)));
    checkpoints.store.keepNewest(1);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> !name.endsWith(".crc"))
          .containsExactlyInAnyOrder(
              "round-00000003.safetensors",
              "round-00000003.safetensors.sha256",
              "round-00000003.worker-00000.safetensors",
              "round-00000003.worker-00000.safetensors.sha256",
              "round-00000003.worker-00001.safetensors",
              "round-00000003.worker-00001.safetensors.sha256");
    }
  }

  @Test
  void workers_that_come_begin_with_the_queues_of_others_and_without_momentum() throws IOException {
    SmallRun run = SmallRun.usual().workers(3).maxSteps(6).sharing(LEAST);
    Checkpoints checkpoints = new Checkpoints(run, folder);
    int[] asked = {0};
    checkpoints.workforce = () -> asked[0]++ < 2 ? 2 : 3;
    List<TrainingState> states = checkpoints.train(run.initial(), 1);
    assertThat(states.get(0).carried().workers()).isEqualTo(2);
    assertThat(states.get(1).carried().workers()).isEqualTo(3);
    CarriedLayout layout = CarriedLayout.of(run.plan());
    CarriedState old = checkpoints.carried(states.get(0), 0);
    CarriedState begun = old.forNewWorker(layout);
    assertThat(begun.enqueued()).isEqualTo(old.enqueued());
    for (int place = 0; place < layout.slots().size(); place++) {
      float[] values = begun.vectors().get(place).values();
      if (layout.slots().get(place).kind() == CarriedKind.QUEUE) {
        assertThat(values).isEqualTo(old.vectors().get(place).values());
      } else {
        assertThat(values).containsOnly(0f).hasSameSizeAs(old.vectors().get(place).values());
      }
    }
    // Worker 2 has gone on counting from where worker 0 was.
    assertThat(checkpoints.carried(states.get(1), 2).enqueued())
        .isEqualTo(old.enqueued() + 2L * SmallRun.BATCH);
    // From the checkpoint of two workers the third begins likewise.
    checkpoints.workforce = () -> 3;
    List<TrainingState> resumed = checkpoints.train(checkpoints.read(1), 1);
    assertThat(resumed.get(0).carried()).isEqualTo(states.get(1).carried());
  }

  @Test
  void what_a_round_moves_is_counted() throws IOException {
    SmallRun run = SmallRun.usual().workers(2);
    RoundBytes all = bytes(run);
    RoundBytes least = bytes(run.sharing(LEAST));
    long encoder = 4L * new ParameterLayout(run.plan().encoder()).size();
    assertThat(all.parameters()).isEqualTo(9 * encoder);
    assertThat(all.copiesReceived()).isBetween(1.0, 1.5);
    assertThat(all.publishedModel()).isGreaterThan(9 * encoder);
    assertThat(all.shuffled()).isGreaterThan(18 * encoder);
    assertThat(least.parameters()).isEqualTo(6 * encoder);
    assertThat(least.publishedModel()).isLessThan(all.publishedModel());
    assertThat(least.shuffled()).isLessThan(all.shuffled() / 2);
    assertThat(least.receivedAccounts()).isLessThan(all.receivedAccounts());
  }

  private static RoundBytes bytes(SmallRun run) throws IOException {
    List<RoundReport> reports = new ArrayList<>();
    run.train(spark, SmallRun.data(spark), run.initial(), (report, state) -> reports.add(report));
    return reports.get(2).bytes();
  }

  /** A run's checkpoints, every so many rounds, as the program writes them. */
  private static final class Checkpoints {
    private final SmallRun run;
    private final CheckpointStore store;
    private final CarriedCheckpoint carried;
    private final org.apache.hadoop.fs.Path path;
    private final FileSystem files;
    private Workforce workforce;

    Checkpoints(SmallRun run, Path folder) throws IOException {
      this.run = run;
      path = new org.apache.hadoop.fs.Path(folder.toUri());
      files = FileSystem.getLocal(new Configuration());
      store = new CheckpointStore(files, path);
      carried = new CarriedCheckpoint(spark, run.plan(), Patience.NONE);
      workforce = () -> run.workers();
    }

    /** The states that were written. */
    List<TrainingState> train(TrainingState start, int everyRounds) throws IOException {
      List<TrainingState> written = new ArrayList<>();
      new Coordinator(spark, run.plan(), SmallRun.data(spark), 1, workforce)
          .run(
              start,
              (report, state) -> {
                if (state.rounds() % everyRounds == 0) {
                  TrainingState whole = carried.write(state, store);
                  store.write(
                      new Checkpoint(whole, run.plan().encoder(), run.modalities(), Map.of()));
                  written.add(whole);
                }
              });
      return written;
    }

    TrainingState read(int rounds) throws IOException {
      return store.read(rounds).state();
    }

    TrainingState newest() throws IOException {
      return newest(new ArrayList<>());
    }

    TrainingState newest(List<String> passedOver) throws IOException {
      return store.latest(passedOver::add, carried::requireWhole).orElseThrow().state();
    }

    CarriedState carried(TrainingState state, int worker) throws IOException {
      return CarriedFile.read(
          files,
          path,
          ((CarriedStates.Files) state.carried()).parts().get(worker),
          CarriedLayout.of(run.plan()));
    }
  }
}
