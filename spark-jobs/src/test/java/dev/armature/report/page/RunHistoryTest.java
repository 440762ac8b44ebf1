package dev.armature.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {

  @TempDir private Path folder;

  @Test
  void steps_rounds_and_measurements_are_told_apart_and_a_line_cut_short_is_passed_over() {
    RunHistory history = RunFiles.history(folder);
    assertThat(history.stepsDone()).isEqualTo(40);
    assertThat(history.roundsDone()).isEqualTo(40);
    assertThat(history.roundsPlanned()).isEqualTo(40);
    assertThat(history.epoch()).isEqualTo(8);
    assertThat(history.sum("seconds")).isEqualTo(20);
    assertThat(history.sum("sequences")).isEqualTo(40 * 64);
    assertThat(history.steps().get("loss.total").values()).hasSize(40).startsWith(12, 6);
    assertThat(history.rounds().get("workers").values()).containsOnly(2);
    assertThat(history.rounds()).doesNotContainKey("hosts");
    assertThat(history.evaluations()).hasSize(2);
    assertThat(history.evaluations().get(1).epoch()).isEqualTo(8);
    assertThat(history.evaluations().get(1).figures())
        .isEqualTo(Map.of("knn.joint.top1", 40.0, "knn.three-stream.top1", 55.5));
  }

  @Test
  void a_run_without_metrics_has_an_empty_history() throws IOException {
    RunHistory history = read();
    assertThat(history.roundsDone()).isZero();
    assertThat(history.steps()).isEmpty();
    assertThat(history.evaluations()).isEmpty();
  }

  @Test
  void metrics_of_an_older_version_do_not_say_how_many_rounds_there_were_to_be()
      throws IOException {
    Files.writeString(
        folder.resolve("metrics.jsonl"),
        "{\"type\":\"round\",\"round\":6,\"epoch\":2,\"seconds\":1.0}\n");
    assertThat(read().roundsDone()).isEqualTo(7);
    assertThat(read().roundsPlanned()).isEqualTo(7);
  }

  private RunHistory read() throws IOException {
    return RunHistory.read(
        FileSystem.getLocal(new Configuration()), new org.apache.hadoop.fs.Path(folder.toUri()));
  }
}
