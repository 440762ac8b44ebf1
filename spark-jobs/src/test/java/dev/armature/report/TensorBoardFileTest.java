package dev.armature.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.round.Patience;
import dev.armature.round.Patiences;
import dev.armature.round.StepwiseFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorBoardFileTest {
  private static final Instant NOW = Instant.parse("2026-01-05T22:00:00.250Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  @TempDir private Path run;

  /** As a run writes them: a line a step, then the round's. */
  private static List<Map<String, Object>> round(int index) {
    Map<String, Object> step = new LinkedHashMap<>();
    step.put("type", "step");
    step.put("round", index);
    step.put("step", 2L * index + 1);
    step.put("loss.contrastive.joint", 1.0 / (index + 3));
    step.put("learning-rate", 0.01);
    Map<String, Object> second = new LinkedHashMap<>(step);
    second.put("step", 2L * index + 2);
    Map<String, Object> round = new LinkedHashMap<>();
    round.put("type", "round");
    round.put("round", index);
    round.put("hosts", List.of("a"));
    round.put("workers", 1);
    round.put("seconds.worker.views", 0.5);
    return List.of(step, second, round);
  }

  private TensorBoardFile open(long steps) throws IOException {
    return open(FileSystem.getLocal(new Configuration()), steps, Patience.NONE);
  }

  private TensorBoardFile open(FileSystem files, long steps, Patience patience) throws IOException {
    return TensorBoardFile.open(
        files, new org.apache.hadoop.fs.Path(run.toUri()), steps, patience, CLOCK);
  }

  private void write(int rounds) throws IOException {
    try (TensorBoardFile file = open(0)) {
      for (int round = 0; round < rounds; round++) {
        file.written(round(round));
      }
      file.finish();
    }
  }

  private List<TensorFlowReader.Event> read() {
    return TensorFlowReader.read(TensorFlowReader.fileOf(run));
  }

  private static long[] steps(List<TensorFlowReader.Event> events) {
    return events.stream()
        .filter(event -> event.kind().equals("SUMMARY"))
        .mapToLong(TensorFlowReader.Event::step)
        .toArray();
  }

  /** Two lines of steps, and one of the round at the last of them. */
  private static long[] stepsOf(int rounds) {
    return LongStream.range(0, rounds)
        .flatMap(round -> LongStream.of(2 * round + 1, 2 * round + 2, 2 * round + 2))
        .toArray();
  }

  @Test
  void tensorflow_reads_what_was_written() throws IOException {
    write(1);
    List<TensorFlowReader.Event> events = read();
    assertThat(events).hasSize(5);
    assertThat(events.get(0).text()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).text()).isEqualTo("START");
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(event.wallTime()).isCloseTo(NOW.toEpochMilli() * 1e-3, within(1e-6)));
    assertThat(events.get(2).scalars())
        .isEqualTo(
            Map.of("loss/contrastive.joint", (float) (1.0 / 3), "step/learning-rate", 0.01f));
    assertThat(events.get(4).scalars())
        .isEqualTo(Map.of("round/workers", 1f, "seconds/worker.views", 0.5f));
    assertThat(steps(events)).isEqualTo(stepsOf(1));
  }

  @Test
  void figures_of_an_evaluation_stand_together_at_the_step_the_run_has_reached()
      throws IOException {
    try (TensorBoardFile file = open(0)) {
      file.written(round(0));
      Map<String, Object> evaluation = new LinkedHashMap<>();
      evaluation.put("type", "evaluation");
      evaluation.put("round", 0);
      evaluation.put("knn.three-stream.top1", 61.5);
      file.written(List.of(evaluation));
      file.finish();
    }
    TensorFlowReader.Event last = read().get(5);
    assertThat(last.step()).isEqualTo(2);
    assertThat(last.scalars()).isEqualTo(Map.of("evaluation/knn.three-stream.top1", 61.5f));
  }

  @Test
  void wherever_a_driver_is_killed_all_that_came_before_is_read_and_gone_on_with()
      throws IOException {
    write(3);
    Path file = TensorFlowReader.fileOf(run);
    byte[] whole = Files.readAllBytes(file);
    List<TensorFlowReader.Event> all = read();
    int events = 0;
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      List<TensorFlowReader.Event> read = read();
      assertThat(read).as("%d bytes", length).isEqualTo(all.subList(0, read.size()));
      assertThat(read.size()).isBetween(events, events + 1);
      events = read.size();
    }
    assertThat(events).isEqualTo(all.size() - 1);
    try (TensorBoardFile resumed = open(4)) {
      resumed.written(round(2));
      resumed.finish();
    }
    assertThat(steps(read())).isEqualTo(stepsOf(3));
  }

  @Test
  void a_run_that_goes_on_has_every_step_once_in_a_file_with_a_later_name() throws IOException {
    write(4);
    String before = TensorFlowReader.fileOf(run).getFileName().toString();
    try (TensorBoardFile file = open(4)) {
      file.written(round(2));
      file.finish();
    }
    assertThat(TensorFlowReader.fileOf(run).getFileName().toString()).isGreaterThan(before);
    assertThat(steps(read())).isEqualTo(stepsOf(3));
    assertThat(read()).filteredOn(event -> event.text().equals("START")).hasSize(1);
  }

  @Test
  void a_run_that_begins_anew_has_nothing_of_before_not_even_of_its_start() throws IOException {
    try (TensorBoardFile file = open(0)) {
      file.written(List.of(Map.of("type", "evaluation", "round", 0, "knn.joint.top1", 3.0)));
      file.written(round(0));
      file.finish();
    }
    try (TensorBoardFile file = open(0)) {
      file.finish();
    }
    assertThat(steps(read())).isEmpty();
  }

  @Test
  void a_crash_while_the_file_is_written_anew_loses_nothing() throws IOException {
    write(3);
    Path whole = TensorFlowReader.fileOf(run);
    Path begun = whole.resolveSibling("events.out.tfevents.9999999999.armature");
    Files.write(begun, Arrays.copyOf(Files.readAllBytes(whole), 70));
    try (TensorBoardFile file = open(6)) {
      file.finish();
    }
    assertThat(steps(read())).isEqualTo(stepsOf(3));
  }

  @Test
  void damage_in_the_middle_ends_what_is_kept() throws IOException {
    write(3);
    Path file = TensorFlowReader.fileOf(run);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    try (TensorBoardFile resumed = open(6)) {
      resumed.finish();
    }
    long[] kept = steps(read());
    assertThat(kept).isNotEmpty().hasSizeLessThan(stepsOf(3).length);
    assertThat(stepsOf(3)).startsWith(kept);
  }

  @Test
  void an_object_store_has_all_that_was_persisted_when_a_driver_is_killed() throws IOException {
    FileSystem objects = StepwiseFileSystem.objects((step, name) -> {});
    TensorBoardFile first = open(objects, 0, Patience.NONE);
    first.written(round(0));
    first.persist();
    first.written(round(1));
    assertThat(steps(read())).isEqualTo(stepsOf(1));
    // Who is killed closes nothing.
    TensorBoardFile second = open(objects, 2, Patience.NONE);
    second.written(round(1));
    assertThat(steps(read())).isEqualTo(stepsOf(1));
    second.persist();
    assertThat(steps(read())).isEqualTo(stepsOf(2));
    open(objects, 4, Patience.NONE).finish();
    assertThat(steps(read())).isEqualTo(stepsOf(2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whichever_step_is_refused_for_a_while_every_event_is_written_once(boolean flushes)
      throws IOException {
    boolean refused = true;
    for (int passing = 0; refused; passing++) {
      try (Stream<Path> old = Files.walk(run)) {
        old.filter(Files::isRegularFile)
            .forEach(file -> assertThat(file.toFile().delete()).isTrue());
      }
      int[] steps = {0};
      int[] refusals = {0};
      int first = passing;
      StepwiseFileSystem.Steps refusing =
          (step, name) -> {
            if (steps[0]++ >= first && refusals[0] < 3) {
              refusals[0]++;
              throw new IOException("no room for " + step);
            }
          };
      FileSystem files =
          flushes ? StepwiseFileSystem.open(refusing) : StepwiseFileSystem.objects(refusing);
      try (TensorBoardFile file = open(files, 0, Patiences.quick(line -> {}))) {
        file.written(round(0));
        file.written(round(1));
        file.finish();
      }
      refused = refusals[0] > 0;
      assertThat(steps(read())).as("refused from step %d on", passing).isEqualTo(stepsOf(2));
    }
  }
}
