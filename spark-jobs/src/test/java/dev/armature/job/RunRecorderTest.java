package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.dataset.store.Manifest;
import dev.armature.report.MetricsFile;
import dev.armature.round.CarriedCheckpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.DivergedException;
import dev.armature.round.DivergenceGuard;
import dev.armature.round.GuardSettings;
import dev.armature.round.Patience;
import dev.armature.round.QueueAge;
import dev.armature.round.Round;
import dev.armature.round.RoundBytes;
import dev.armature.round.RoundReport;
import dev.armature.round.StepLosses;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which checkpoints are left of a run whose loss rises; without Spark. */
class RunRecorderTest {
  private static final int ROUNDS = 40;

  @TempDir private Path folder;

  private TrainingPlan plan;
  private CheckpointStore checkpoints;
  private RunRecorder recorder;
  private MetricsFile metrics;

  @BeforeEach
  void begin() throws IOException {
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
    FileSystem files = FileSystem.getLocal(Sessions.hadoop());
    org.apache.hadoop.fs.Path run = new org.apache.hadoop.fs.Path(folder.toUri());
    checkpoints = new CheckpointStore(files, new org.apache.hadoop.fs.Path(run, "checkpoints"));
    metrics = MetricsFile.open(files, run, 0, Patience.NONE);
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
            new QueueAge(plan),
            new DivergenceGuard(new GuardSettings(2, 1, 3), plan),
            OptionalInt.empty());
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
    assertThat(recorder.isSuspect()).isTrue();
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
    assertThat(recorder.isSuspect()).isFalse();
  }

  @Test
  void the_last_round_is_written_whatever_its_loss_and_the_good_one_stays() throws IOException {
    for (int index = 0; index < 6; index++) {
      round(index, 4);
    }
    round(ROUNDS - 1, 20);
    assertThat(recorder.isSuspect()).isTrue();
    assertThat(checkpoints.rounds()).containsExactly(6, ROUNDS);
  }
}
