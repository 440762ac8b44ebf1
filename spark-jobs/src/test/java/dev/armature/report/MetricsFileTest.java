package dev.armature.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.round.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
  @TempDir private Path folder;
  private FileSystem files;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.getLocal(new Configuration());
  }

  private org.apache.hadoop.fs.Path run() {
    return new org.apache.hadoop.fs.Path(folder.toUri());
  }

  private Path metrics() {
    return folder.resolve("metrics.jsonl");
  }

  private static List<Map<String, Object>> lines(int... rounds) {
    return java.util.Arrays.stream(rounds)
        .mapToObj(round -> Map.<String, Object>of("round", round))
        .toList();
  }

  @Test
  void lines_can_be_read_while_the_run_goes_on() throws IOException {
    try (MetricsFile metrics = MetricsFile.open(files, run(), 0, Patience.NONE)) {
      metrics.write(lines(0));
      assertThat(Files.readAllLines(metrics())).containsExactly("{\"round\":0}");
    }
  }

  @Test
  void a_resumed_run_keeps_the_lines_of_finished_rounds_and_drops_the_others() throws IOException {
    try (MetricsFile metrics = MetricsFile.open(files, run(), 0, Patience.NONE)) {
      metrics.write(lines(0, 1, 2, 3));
    }
    Files.writeString(metrics(), "{\"round\":1,\"los", StandardOpenOption.APPEND);
    try (MetricsFile metrics = MetricsFile.open(files, run(), 2, Patience.NONE)) {
      metrics.write(lines(2));
    }
    assertThat(Files.readAllLines(metrics()))
        .containsExactly("{\"round\":0}", "{\"round\":1}", "{\"round\":2}");
  }

  @Test
  void the_seconds_a_step_takes_are_the_median_of_whole_lines_of_rounds() throws IOException {
    assertThat(MetricsFile.secondsPerStep(files, run())).isEmpty();
    Files.writeString(
        metrics(),
        """
        {"type":"step","round":0,"seconds":1000}
        {"type":"round","round":0,"steps":2,"seconds":100.0}
        {"type":"round","round":1,"steps":2,"seconds":6.0}
        {"type":"round","round":2,"steps":1,"seconds":1.0}
        {"type":"round","round":3,"steps":2,"seco""");
    assertThat(MetricsFile.secondsPerStep(files, run())).hasValue(3);
  }

  @Test
  void a_run_has_failed_until_it_does_a_round() throws IOException {
    assertThat(MetricsFile.failure(files, run())).isEmpty();
    String failed = "{\"type\":\"failure\",\"round\":1,\"reason\":\"the disk is full\"}\n";
    String round = "{\"type\":\"round\",\"round\":1}\n";
    String step = "{\"type\":\"step\",\"round\":2}\n";
    Files.writeString(metrics(), round + failed + step);
    assertThat(MetricsFile.failure(files, run())).hasValue("the disk is full");
    Files.writeString(metrics(), failed + round);
    assertThat(MetricsFile.failure(files, run())).isEmpty();
  }

  @Test
  void lines_survive_a_crash_in_the_middle_of_resuming() throws IOException {
    Files.writeString(folder.resolve("metrics.before-resume.jsonl"), "{\"round\":0}\n");
    Files.writeString(metrics(), "{\"rou");
    MetricsFile.open(files, run(), 1, Patience.NONE).close();
    assertThat(Files.readAllLines(metrics())).containsExactly("{\"round\":0}");
    assertThat(folder.resolve("metrics.before-resume.jsonl")).doesNotExist();
  }
}
