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
import org.junit.jupiter.params.provider.EnumSource;

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

  /** What a file system can do with a file that grows. */
  private enum Kind {
    APPENDS,
    FLUSHES,
    SHOWS_WHEN_CLOSED;

    StepwiseFileSystem open(StepwiseFileSystem.Steps steps) throws IOException {
      return switch (this) {
        case APPENDS -> StepwiseFileSystem.open(steps);
        case FLUSHES ->
            StepwiseFileSystem.open(
                (step, name) -> {
                  if (step.equals("append") || step.equals("truncate")) {
                    throw new UnsupportedOperationException("only whole files here");
                  }
                  steps.before(step, name);
                });
        case SHOWS_WHEN_CLOSED -> StepwiseFileSystem.objects(steps);
      };
    }
  }

  private MetricsFile open(Kind kind, Path run, int rounds, StepwiseFileSystem.Steps steps)
      throws IOException {
    return MetricsFile.open(
        kind.open(steps),
        new org.apache.hadoop.fs.Path(run.toUri()),
        rounds,
        Patiences.quick(told::add));
  }

  @ParameterizedTest
  @EnumSource
  void whichever_step_is_refused_for_a_while_every_line_is_written_once_and_whole(Kind kind)
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
              kind,
              run,
              0,
              (step, name) -> {
                if (steps[0]++ >= first && refusals[0] < 3) {
                  refusals[0]++;
                  throw new IOException("no room for " + step);
                }
              })) {
        for (int round = 0; round < ROUNDS; round++) {
          metrics.write(lines(round));
          metrics.persist();
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

  /** What a killed driver can do no more. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @ParameterizedTest
  @EnumSource
  void wherever_a_run_that_goes_on_is_killed_no_line_of_what_was_persisted_is_lost(Kind kind)
      throws IOException {
    boolean killed = true;
    int passing = 0;
    for (; killed; passing++) {
      Path run = Files.createDirectories(folder.resolve(kind + "-" + passing));
      MetricsFile first = open(kind, run, 0, (step, name) -> {});
      first.write(lines(0));
      first.write(lines(1));
      first.persist();
      first.write(lines(2));
      int[] steps = {0};
      int alive = passing;
      boolean[] dead = {false};
      int persisted = 2;
      try {
        // Not closed: who is killed closes nothing.
        MetricsFile second =
            open(
                kind,
                run,
                2,
                (step, name) -> {
                  if (steps[0]++ >= alive) {
                    dead[0] = true;
                    throw new Killed();
                  }
                });
        second.write(lines(2));
        second.persist();
        persisted = 3;
        second.write(lines(3));
        second.persist();
        persisted = 4;
      } catch (Killed end) {
        // Goes on below.
      }
      killed = dead[0];
      open(kind, run, persisted, (step, name) -> {}).close();
      assertThat(written(run))
          .as("killed before step %d", passing)
          .isEqualTo(expected().subList(0, 2 * persisted));
    }
    assertThat(passing).as("steps").isGreaterThan(ROUNDS);
  }

  @Test
  void an_object_store_has_the_lines_of_a_run_that_failed_and_many_that_wait() throws IOException {
    MetricsFile failed = open(Kind.SHOWS_WHEN_CLOSED, folder, 0, (step, name) -> {});
    failed.write(lines(0));
    assertThat(folder.resolve("metrics.jsonl")).isEmptyFile();
    failed.close();
    assertThat(written(folder)).isEqualTo(expected().subList(0, 2));
    MetricsFile many = open(Kind.SHOWS_WHEN_CLOSED, folder, 1, (step, name) -> {});
    many.write(List.of(Map.of("round", 1, "text", "x".repeat(GrowingFile.MOST_HELD))));
    assertThat(written(folder)).hasSize(3);
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
