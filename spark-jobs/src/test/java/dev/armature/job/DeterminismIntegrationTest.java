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

/** Whole runs on Spark, in several processes, ending in the same checkpoint bit for bit. */
class DeterminismIntegrationTest {
  private static final String LAST = "round-00000020.safetensors";

  @TempDir private static Path folder;
  private static Path data;
  private static byte[] expected;

  @BeforeAll
  static void train_undisturbed_on_two_local_workers() throws Exception {
    data = GeneratedData.path();
    Path run = folder.resolve("undisturbed");
    CommandCall.onTwoCores(List.of(pretrain(run)));
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
  void a_second_run_in_another_process_ends_in_the_identical_checkpoint() throws Exception {
    Path run = folder.resolve("second");
    // With the compiler that the tests' own processes and their children do without.
    List<String> options =
        List.of(
            "-Dspark.master=local[2]", "-Dspark.local.dir=" + folder, "-XX:TieredStopAtLevel=4");
    List<String> call =
        Stream.concat(Stream.of("dev.armature.job.Main"), Stream.of(pretrain(run))).toList();
    try (CommandProcess process =
        CommandProcess.start(folder, options, System.getProperty("java.class.path"), call)) {
      assertThat(process.exitCode()).as(process.output()).isZero();
    }
    assertThat(checkpoint(run)).isEqualTo(expected);
  }

  @Test
  void separate_executor_processes_end_in_the_identical_checkpoint() throws Exception {
    Path run = folder.resolve("cluster");
    // Measuring encoders on the way changes nothing of them.
    String[] measured = pretrain(run, "--set", "evaluate.every-epochs=4");
    try (CommandProcess process = CommandProcess.start(folder, LocalCluster.of(2), measured)) {
      assertThat(process.exitCode()).as(process.output()).isZero();
    }
    assertThat(checkpoint(run)).isEqualTo(expected);
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
        .filteredOn(line -> line.contains("\"type\":\"evaluation\""))
        .allSatisfy(line -> assertThat(line).contains("\"knn.three-stream.top1\":"))
        .satisfiesExactly(
            line -> assertThat(line).contains("\"epoch\":0,"),
            line -> assertThat(line).contains("\"epoch\":4,"),
            line -> assertThat(line).contains("\"epoch\":8,"),
            line -> assertThat(line).contains("\"epoch\":10,"));
    assertThat(run.resolve("report.html")).isNotEmptyFile();
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
    CommandCall resumed = CommandCall.onTwoCores(List.of(pretrain(run, "--resume")));
    assertThat(resumed.out()).contains("Resuming after round");
    assertThat(checkpoint(run)).isEqualTo(expected);
    List<String> metrics = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertThat(metrics.stream().filter(line -> line.contains("\"type\":\"step\""))).hasSize(60);
    assertThat(metrics.stream().filter(line -> line.contains("\"type\":\"round\""))).hasSize(20);
  }
}
