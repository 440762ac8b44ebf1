package dev.armature.round;

import static dev.armature.round.TrainingStateAssert.assertThatState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of checkpoints on a file system that refuses, or is slow to let go. */
class CarriedCheckpointTest {
  private static final SmallRun RUN =
      SmallRun.usual()
          .workers(2)
          .maxSteps(4)
          .sharing(
              new Sharing(
                  new OuterOptimizer.Average(), Momentum.LOCAL, Wire.FLOAT32, QueueSharing.LOCAL));

  private static JavaSparkContext spark;

  private final List<String> told = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark =
        LocalSpark.context(
            Map.of(
                "spark.hadoop.fs.file.impl",
                RefusingLocalFileSystem.class.getName(),
                "spark.hadoop.fs.file.impl.disable.cache",
                "true"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  @AfterEach
  void refuseNothing() {
    RefusingLocalFileSystem.REFUSALS.set(0);
  }

  private CarriedCheckpoint parts(Patience patience) {
    return new CarriedCheckpoint(spark, RUN.plan(), patience);
  }

  private org.apache.hadoop.fs.Path path() {
    return new org.apache.hadoop.fs.Path(folder.toUri());
  }

  private static FileSystem files() throws IOException {
    return FileSystem.getLocal(new Configuration());
  }

  /** Trains, and writes the parts of the last state, the first of their files being refused. */
  private TrainingState trainAndWrite(CarriedCheckpoint parts, int refusals) throws IOException {
    List<TrainingState> written = new ArrayList<>();
    new Coordinator(spark, RUN.plan(), SmallRun.data(spark))
        .run(
            RUN.initial(),
            (report, state) -> {
              if (state.rounds() == report.rounds()) {
                RefusingLocalFileSystem.REFUSALS.set(refusals);
                written.add(parts.write(state, new CheckpointStore(files(), path())));
              }
            });
    return written.get(0);
  }

  private static Checkpoint checkpoint(TrainingState state) {
    return new Checkpoint(state, RUN.plan().encoder(), RUN.modalities(), Map.of());
  }

  @Test
  void parts_that_are_refused_for_a_while_are_written_in_the_end() throws IOException {
    TrainingState state = trainAndWrite(parts(Patiences.quick(told::add)), 3);
    assertThat(told)
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("could not write the parts of ")
                    .contains("/round-00000002.safetensors: ")
                    .contains("the file system is away"));
    parts(Patience.NONE).requireWhole(checkpoint(state));
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "round-00000002.worker-00000.safetensors",
              "round-00000002.worker-00000.safetensors.sha256",
              "round-00000002.worker-00001.safetensors",
              "round-00000002.worker-00001.safetensors.sha256");
    }
  }

  @Test
  void parts_that_are_refused_for_good_end_the_run_with_the_reason() {
    assertThatThrownBy(() -> trainAndWrite(parts(Patiences.brief(told::add)), Integer.MAX_VALUE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the file system is away")
        .hasMessageContaining("tried");
  }

  @Test
  void parts_that_cannot_be_read_for_a_while_do_not_count_as_broken() throws IOException {
    TrainingState state = trainAndWrite(parts(Patience.NONE), 0);
    RefusingLocalFileSystem.REFUSALS.set(1);
    assertThatThrownBy(() -> parts(Patience.NONE).requireWhole(checkpoint(state)))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("the file system is away");
    RefusingLocalFileSystem.REFUSALS.set(3);
    parts(Patiences.quick(told::add)).requireWhole(checkpoint(state));
    assertThat(told).isNotEmpty();
  }

  @Test
  void an_altered_part_is_named_and_not_waited_for() throws IOException {
    TrainingState state = trainAndWrite(parts(Patience.NONE), 0);
    Path part = folder.resolve("round-00000002.worker-00001.safetensors");
    byte[] content = Files.readAllBytes(part);
    content[content.length - 1] ^= 1;
    Files.write(part, content);
    assertThatThrownBy(() -> parts(Patiences.quick(told::add)).requireWhole(checkpoint(state)))
        .isInstanceOf(NotWholeException.class)
        .hasMessageContaining("its part round-00000002.worker-00001.safetensors")
        .hasMessageContaining("altered");
    Files.delete(part);
    assertThatThrownBy(() -> parts(Patiences.quick(told::add)).requireWhole(checkpoint(state)))
        .isInstanceOf(NotWholeException.class);
    assertThat(told).isEmpty();
  }

  @Test
  void a_late_attempt_never_takes_away_the_part_that_another_has_written() throws IOException {
    CarriedLayout layout = CarriedLayout.of(RUN.plan());
    List<FloatBlock> vectors =
        layout.slots().stream().map(slot -> new FloatBlock(new float[slot.length()])).toList();
    CarriedState state = new CarriedState(7, vectors);
    FileSystem files = files();
    CarriedPart first = CarriedFile.write(files, path(), 2, 0, 11, layout, state);
    try (var reader = files.open(new org.apache.hadoop.fs.Path(path(), first.file()))) {
      assertThat(CarriedFile.write(files, path(), 2, 0, 12, layout, state)).isEqualTo(first);
      assertThat(reader.readAllBytes()).isNotEmpty();
    }
    assertThat(CarriedFile.read(files, path(), first, layout).enqueued()).isEqualTo(7);
    assertThat(Files.readString(folder.resolve(first.file() + ".sha256")))
        .startsWith(first.sha256());
  }

  @Test
  void training_goes_on_from_parts_as_from_memory() throws IOException {
    SmallRun longer = RUN.maxSteps(8);
    TrainingState whole = longer.train(spark);
    TrainingState state = trainAndWrite(parts(Patience.NONE), 0);
    assertThatState(longer.train(spark, SmallRun.data(spark), state)).hasTheSameNumbersAs(whole);
  }
}
