package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.armature.dataset.store.Manifest;
import dev.armature.report.MetricsFile;
import dev.armature.round.CarriedCheckpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.DivergedException;
import dev.armature.round.GuardSettings;
import dev.armature.round.Patience;
import dev.armature.round.Round;
import dev.armature.round.RoundBytes;
import dev.armature.round.RoundReport;
import dev.armature.round.StepLosses;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which checkpoints are left of a run whose loss rises; without Spark. */
class RunRecorderTest {
  private static final int ROUNDS = 40;
  private static final GuardSettings GUARD = new GuardSettings(2, 1, 3);

  @TempDir private Path folder;

  private TrainingPlan plan;
  private RunFolder run;
  private CheckpointStore checkpoints;
  private RunRecorder recorder;
  private MetricsFile metrics;

  @BeforeEach
  void read_the_plan() throws IOException {
    Settings settings =
        SettingsFile.read(
            (String) null,
            List.of(
                "encoder.hidden=2",
                "encoder.layers=1",
                "encoder.embedding=4",
                "distill.queue=8",
                "distill.neighbours=4",
                "train.batch=8",
                "round.local-steps=1"),
            Sessions.hadoop());
    plan = Plans.of(settings, Manifest.read(Sessions.hadoop(), GeneratedData.path().toString()), 1);
    run = new RunFolder(folder.toString(), Sessions.hadoop());
    checkpoints = run.checkpoints();
    begin(RunMemory.empty(GUARD, plan));
  }

  private void begin(RunMemory memory) throws IOException {
    metrics = MetricsFile.open(run.fileSystem(), run.path(), memory.rounds(), Patience.NONE);
    recorder =
        new RunRecorder(
            metrics,
            report -> {},
            checkpoints,
            new CarriedCheckpoint(null, plan, Patience.NONE),
            new Settings.CheckpointSettings(1, 2, Duration.ZERO),
            plan.encoder(),
            plan.modalities(),
            Map.of(),
            memory);
  }

  private void round(int index, double loss) throws IOException {
    TrainingState initial = TrainingState.initial(plan);
    recorder.roundCompleted(
        new RoundReport(
            new Round(index, 0, index, index, 1, 1, 1000),
            ROUNDS,
            ROUNDS,
            List.of(0.01),
            List.of(new StepLosses(Map.of("total", loss), Map.of())),
            8,
            1,
            Map.of(),
            Map.of(),
            List.of("host"),
            List.of(),
            new RoundBytes(0, 0, 0, 0, 0, 0, 0)),
        new TrainingState(index + 1, index + 1, 0, initial.model(), initial.queues()));
  }

  @Test
  void while_the_loss_is_good_the_newest_are_kept() throws IOException {
    for (int index = 0; index < 6; index++) {
      round(index, 4);
    }
    assertThat(checkpoints.rounds()).containsExactly(5, 6);
    assertThat(recorder.goodCheckpoint()).hasValue(6);
  }

  @Test
  void while_it_rises_the_newest_good_one_stays_and_while_it_is_suspect_none_is_written()
      throws IOException {
    for (int index = 0; index < 6; index++) {
      round(index, 4);
    }
    for (int index = 6; index < 10; index++) {
      round(index, 7);
    }
    assertThat(checkpoints.rounds()).containsExactly(6, 9, 10);
    round(10, 20);
    round(11, 30);
    assertThat(checkpoints.rounds()).containsExactly(6, 9, 10);
    assertThatThrownBy(() -> round(12, 40))
        .isInstanceOf(DivergedException.class)
        .hasMessageContainingAll("total is 40.00 in round 12", "was 4.000 in round 0");
    assertThat(checkpoints.rounds()).containsExactly(6, 9, 10);
    assertThat(recorder.goodCheckpoint()).hasValue(6);
  }

  @Test
  void one_that_was_due_while_it_was_suspect_is_written_when_it_has_come_back() throws IOException {
    for (int index = 0; index < 6; index++) {
      round(index, 4);
    }
    round(6, 20);
    assertThat(checkpoints.rounds()).containsExactly(5, 6);
    round(7, 4);
    assertThat(checkpoints.rounds()).containsExactly(6, 8);
  }

  @Test
  void a_run_that_ends_above_has_diverged_and_has_its_last_round_and_the_good_one_written()
      throws IOException {
    for (int index = 0; index < 6; index++) {
      round(index, 4);
    }
    assertThatThrownBy(() -> round(ROUNDS - 1, 20))
        .isInstanceOf(DivergedException.class)
        .hasMessageContainingAll("total is 20.00 in round 39", "when the run has ended");
    assertThat(checkpoints.rounds()).containsExactly(6, ROUNDS);
  }

  private RunMemory recall(int rounds) throws IOException {
    return recall(rounds, GUARD);
  }

  private RunMemory recall(int rounds, GuardSettings settings) throws IOException {
    return RunMemory.recall(run, settings, plan, rounds, ROUNDS);
  }

  @Test
  void a_run_that_goes_on_knows_its_best_and_its_good_checkpoint() throws IOException {
    for (int index = 0; index < 6; index++) {
      round(index, 4);
    }
    round(6, 7);
    metrics.close();
    RunMemory memory = recall(7);
    assertThat(memory.good()).hasValue(6);
    assertThat(memory.missing()).isZero();
    assertThat(memory.stopped()).isEmpty();
    begin(memory);
    round(7, 20);
    round(8, 30);
    assertThatThrownBy(() -> round(9, 40))
        .isInstanceOf(DivergedException.class)
        .hasMessageContainingAll("total is 40.00 in round 9", "was 4.000 in round 0");
    assertThat(recorder.goodCheckpoint()).hasValue(6);
    assertThat(checkpoints.rounds()).containsExactly(6, 7);
  }

  @Test
  void a_run_that_was_ended_ends_again_without_a_round_unless_the_guard_is_set_otherwise()
      throws IOException {
    for (int index = 0; index < 6; index++) {
      round(index, 4);
    }
    round(6, 20);
    round(7, 20);
    DivergedException first = catchThrowableOfType(DivergedException.class, () -> round(8, 20));
    metrics.close();
    assertThat(recall(6).stopped())
        .hasValueSatisfying(again -> assertThat(again).hasMessage(first.getMessage()));
    assertThat(recall(6, new GuardSettings(6, 1, 3)).stopped()).isEmpty();
    assertThat(recall(6, new GuardSettings(0, 1, 3)).stopped()).isEmpty();
  }

  @Test
  void a_run_that_ended_above_ends_so_when_it_is_called_again_and_not_when_it_has_more_to_do()
      throws IOException {
    round(0, 4);
    DivergedException first =
        catchThrowableOfType(DivergedException.class, () -> round(ROUNDS - 1, 20));
    metrics.close();
    for (int done : new int[] {1, ROUNDS}) {
      assertThat(recall(done).stopped())
          .hasValueSatisfying(again -> assertThat(again).hasMessage(first.getMessage()));
    }
    assertThat(RunMemory.recall(run, GUARD, plan, 1, 2 * ROUNDS).stopped()).isEmpty();
  }

  @Test
  void where_lines_are_lost_the_rest_is_known() throws IOException {
    for (int index = 0; index < 6; index++) {
      round(index, 4 + index * 0.01);
    }
    metrics.close();
    Path file = folder.resolve(MetricsFile.NAME);
    List<String> lines = Files.readAllLines(file);
    Files.write(file, lines.subList(3, lines.size() - 2));
    assertThat(recall(6).missing()).isEqualTo(2);
    Files.delete(file);
    assertThat(recall(6).missing()).isEqualTo(6);
    assertThat(recall(6).good()).hasValue(6);
  }
}
