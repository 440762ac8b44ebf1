package dev.armature.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.round.Patiences;
import dev.armature.round.StepwiseFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics on a file system that refuses some step of their writing. */
class MetricsFileFaultsTest {
  private static final int ROUNDS = 4;

  @TempDir private Path folder;
  private final List<String> told = new ArrayList<>();

  private static List<Map<String, Object>> lines(int round) {
    return List.of(
        Map.of("round", round, "text", "first \u00e9"), Map.of("round", round, "text", "second"));
  }

  private static List<String> expected() {
    return IntStream.range(0, ROUNDS)
        .boxed()
        .flatMap(round -> lines(round).stream())
        .map(line -> line.get("round") + " " + line.get("text"))
        .toList();
  }

  private static List<String> written(Path run) throws IOException {
    var json = new com.fasterxml.jackson.databind.ObjectMapper();
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      var object = json.readTree(line);
      lines.add(object.path("round").asInt() + " " + object.path("text").asText());
    }
    return lines;
  }

  private MetricsFile open(Path run, StepwiseFileSystem.Steps steps) throws IOException {
    return MetricsFile.open(
        StepwiseFileSystem.open(steps),
        new org.apache.hadoop.fs.Path(run.toUri()),
        0,
        Patiences.quick(told::add));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whichever_step_is_refused_for_a_while_every_line_is_written_once_and_whole(boolean appends)
      throws IOException {
    boolean refused = true;
    int passing = 0;
    for (; refused; passing++) {
      Path run = Files.createDirectories(folder.resolve("run-" + passing));
      int[] steps = {0};
      int first = passing;
      int[] refusals = {0};
      try (MetricsFile metrics =
          open(
              run,
              (step, name) -> {
                if (!appends && (step.equals("append") || step.equals("truncate"))) {
                  throw new UnsupportedOperationException("only whole files here");
                }
                if (steps[0]++ >= first && refusals[0] < 3) {
                  refusals[0]++;
                  throw new IOException("no room for " + step);
                }
              })) {
        for (int round = 0; round < ROUNDS; round++) {
          metrics.write(lines(round));
        }
        metrics.finish();
      }
      refused = refusals[0] > 0;
      assertThat(written(run)).as("refused from step %d on", passing).isEqualTo(expected());
      assertThat(run.resolve("metrics.before-resume.jsonl")).doesNotExist();
    }
    assertThat(passing).as("steps").isGreaterThan(2 * ROUNDS);
    assertThat(told)
        .isNotEmpty()
        .allMatch(line -> line.contains("metrics.jsonl: no room") && !line.contains("\n"));
  }

  @Test
  void a_file_system_that_refuses_for_good_ends_the_run_and_keeps_the_lines_before()
      throws IOException {
    boolean[] full = {false};
    try (MetricsFile metrics =
        MetricsFile.open(
            StepwiseFileSystem.open(
                (step, name) -> {
                  if (full[0] && !step.equals("rename")) {
                    throw new IOException("no room");
                  }
                }),
            new org.apache.hadoop.fs.Path(folder.toUri()),
            0,
            Patiences.brief(told::add))) {
      metrics.write(lines(0));
      full[0] = true;
      assertThatThrownBy(() -> metrics.write(lines(1)))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("could not write", "metrics.jsonl", "no room", "tried");
    }
    assertThat(written(folder)).isEqualTo(expected().subList(0, 2));
  }
}
