package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs whose driver is killed while it writes a checkpoint, or cannot write one, and that are
 * resumed: the last checkpoint is that of an undisturbed run in this process, bit for bit.
 */
class LostDriverIntegrationTest {
  private static final int KILLED = 137;
  private static final int STEPS = 10;
  private static final String LAST = "round-00000010.safetensors";

  @TempDir private static Path folder;
  private static Path data;
  private static byte[] expected;

  @BeforeAll
  static void train_undisturbed() throws Exception {
    data = GeneratedData.path();
    Path run = folder.resolve("undisturbed");
    CommandCall.onTwoCores(pretrain(run));
    expected = Files.readAllBytes(checkpoint(run, LAST));
  }

  /** A queue that makes a checkpoint larger than everything else that a run writes. */
  private static List<String> pretrain(Path run, String... more) {
    return CommandCall.withSettings(
        List.of("pretrain"),
        Stream.concat(
            Stream.of(
                "data.path=" + data,
                "output.dir=" + run,
                "encoder.hidden=4",
                "encoder.layers=1",
                "encoder.embedding=64",
                "augment.frames=16",
                "augment.minimum-crop=16",
                "distill.queue=16384",
                "distill.neighbours=20",
                "train.batch=8",
                "train.max-steps=" + STEPS,
                "round.workers=2",
                "round.local-steps=1",
                "checkpoint.every-rounds=2",
                "checkpoint.keep=1"),
            Stream.of(more)));
  }

  private static Path checkpoint(Path run, String name) {
    return run.resolve("checkpoints").resolve(name);
  }

  private static String killed(Map<String, String> properties, List<String> command)
      throws Exception {
    try (CommandProcess process =
        CommandProcess.start(folder, properties, command.toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(KILLED);
      return process.output();
    }
  }

  private static Map<String, String> killedBefore(String step) {
    return Map.of(
        "spark.master",
        "local[2]",
        "spark.hadoop.fs.file.impl",
        KillingFileSystem.class.getName(),
        KillingFileSystem.BEFORE,
        step);
  }

  private static void assertEndedAsUndisturbed(Path run) throws IOException {
    assertThat(checkpoint(run, LAST)).hasBinaryContent(expected);
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(LAST, LAST + ".sha256");
    }
    List<String> metrics = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertThat(metrics).filteredOn(line -> line.contains("\"type\":\"step\"")).hasSize(STEPS);
    assertThat(metrics).filteredOn(line -> line.contains("\"type\":\"round\"")).hasSize(STEPS);
  }

  @Test
  void a_driver_killed_during_checkpoint_writes_goes_on_from_the_newest_whole_one()
      throws Exception {
    Path run = folder.resolve("killed");
    killed(killedBefore("finish .round-00000004.safetensors.incomplete"), pretrain(run));
    assertThat(checkpoint(run, ".round-00000004.safetensors.incomplete")).isNotEmptyFile();
    assertThat(checkpoint(run, "round-00000004.safetensors")).doesNotExist();
    // The whole new file and its checksum are there, under the temporary name.
    String second =
        killed(killedBefore("rename round-00000006.safetensors"), pretrain(run, "--resume"));
    assertThat(second).contains("Resuming after round 2 of 10");
    assertThat(checkpoint(run, "round-00000006.safetensors.sha256")).isNotEmptyFile();
    // The new one has its name, those before it are not yet deleted.
    String third =
        killed(killedBefore("delete round-00000006.safetensors"), pretrain(run, "--resume"));
    assertThat(third).contains("Resuming after round 4 of 10");
    CommandCall fourth = CommandCall.onTwoCores(pretrain(run, "--resume"));
    assertThat(fourth.out() + fourth.err()).doesNotContain("passed over");
    assertEndedAsUndisturbed(run);
  }

  @Test
  void a_disk_that_is_full_fails_the_run_with_what_to_do_and_it_ends_alike_once_there_is_room()
      throws Exception {
    Path run = folder.resolve("full");
    // A limit on the size of files is the full disk that any user can have.
    try (CommandProcess process =
        CommandProcess.startWithFilesUpTo(
            8 << 10,
            folder,
            Map.of("spark.master", "local[2]"),
            pretrain(run, "checkpoint.patience-seconds=2").toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
      assertThat(process.output().lines().filter(line -> line.startsWith("armature: could not")))
          .as(process.output())
          .hasSizeGreaterThanOrEqualTo(2)
          .allMatch(line -> line.contains("round-00000002.safetensors: File too large"));
      assertThat(process.output())
          .contains("trying again in", "there is no checkpoint yet", "make room", "--resume");
    }
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      assertThat(files).as("half-written files").isEmpty();
    }
    CommandCall.onTwoCores(pretrain(run, "--resume"));
    assertEndedAsUndisturbed(run);
  }
}
