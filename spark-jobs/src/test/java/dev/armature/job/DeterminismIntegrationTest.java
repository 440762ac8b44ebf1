package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs in processes of their own, on Spark, ending in the same checkpoint bit for bit. */
class DeterminismIntegrationTest {
  private static final String LAST = "round-00000020.safetensors";

  @TempDir private static Path folder;
  private static Path data;
  private static byte[] expected;

  @BeforeAll
  static void train_undisturbed_on_two_local_workers() throws Exception {
    data = folder.resolve("data");
    assertThat(Main.run(CommandCall.prepareGenerated(data).toArray(String[]::new))).isZero();
    Path run = folder.resolve("undisturbed");
    try (CommandProcess process =
        CommandProcess.start(folder, Map.of("spark.master", "local[2]"), pretrain(run))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
    }
    expected = checkpoint(run);
  }

  private static String[] pretrain(Path run, String... more) {
    List<String> settings =
        List.of(
            "data.path=" + data,
            "output.dir=" + run,
            "encoder.hidden=8",
            "encoder.layers=2",
            "encoder.embedding=8",
            "distill.queue=96",
            "distill.neighbours=20",
            "train.batch=8",
            "train.max-steps=60",
            "round.workers=2",
            "round.local-steps=3",
            "checkpoint.every-rounds=2",
            "checkpoint.keep=20");
    Stream<String> options = settings.stream().flatMap(setting -> Stream.of("--set", setting));
    return Stream.of(Stream.of("pretrain"), options, Stream.of(more))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  private static byte[] checkpoint(Path run) throws IOException {
    return Files.readAllBytes(run.resolve("checkpoints").resolve(LAST));
  }

  @Test
  void a_second_run_ends_in_the_identical_checkpoint() throws Exception {
    Path run = folder.resolve("second");
    try (CommandProcess process =
        CommandProcess.start(folder, Map.of("spark.master", "local[2]"), pretrain(run))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
    }
    assertThat(checkpoint(run)).isEqualTo(expected);
  }

  @Test
  void separate_executor_processes_end_in_the_identical_checkpoint() throws Exception {
    Path run = folder.resolve("cluster");
    Path classes = Path.of("target", "classes").toAbsolutePath();
    Map<String, String> properties =
        Map.of(
            "spark.master", "local-cluster[2,1,2048]",
            "spark.executor.memory", "1g",
            "spark.executor.extraClassPath", classes.toString());
    try (CommandProcess process = CommandProcess.start(folder, properties, pretrain(run))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
    }
    assertThat(checkpoint(run)).isEqualTo(expected);
  }

  @Test
  void a_run_that_is_killed_and_resumed_ends_in_the_identical_checkpoint() throws Exception {
    Path run = folder.resolve("killed");
    Path first = run.resolve("checkpoints").resolve("round-00000002.safetensors");
    try (CommandProcess process =
        CommandProcess.start(folder, Map.of("spark.master", "local[2]"), pretrain(run))) {
      while (!Files.exists(first)) {
        assertThat(process.isAlive()).as(process.output()).isTrue();
        TimeUnit.MILLISECONDS.sleep(20);
      }
      process.kill();
    }
    assertThat(run.resolve("checkpoints").resolve(LAST)).doesNotExist();
    try (CommandProcess process =
        CommandProcess.start(
            folder, Map.of("spark.master", "local[2]"), pretrain(run, "--resume"))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output()).contains("Resuming after round");
    }
    assertThat(checkpoint(run)).isEqualTo(expected);
    List<String> metrics = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertThat(metrics.stream().filter(line -> line.contains("\"type\":\"step\""))).hasSize(60);
    assertThat(metrics.stream().filter(line -> line.contains("\"type\":\"round\""))).hasSize(20);
  }
}
