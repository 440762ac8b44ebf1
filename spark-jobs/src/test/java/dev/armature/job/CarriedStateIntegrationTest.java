package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose workers carry everything they can from round to round, on executors with processes of
 * their own: one is killed, then all, then the driver. It ends as one that nothing happened to.
 */
class CarriedStateIntegrationTest {
  private static final int ROUNDS = 80;

  @TempDir private Path folder;

  private List<String> pretrain(Path run, String... more) {
    return CommandCall.withSettings(
        Stream.concat(Stream.of("pretrain"), Stream.of(more)).toList(),
        Stream.of(
            "data.path=" + GeneratedData.path(),
            "output.dir=" + run,
            "encoder.hidden=4",
            "encoder.layers=1",
            "encoder.embedding=4",
            "augment.frames=16",
            "augment.minimum-crop=16",
            "distill.queue=96",
            "distill.neighbours=20",
            "train.batch=8",
            "train.max-steps=" + ROUNDS,
            "round.workers=2",
            "round.local-steps=1",
            "round.outer=nesterov",
            "round.momentum=local",
            "round.wire=bfloat16",
            "round.queue=local",
            "checkpoint.every-rounds=2"));
  }

  private static Path checkpoint(Path run, int rounds) {
    return run.resolve("checkpoints").resolve("round-%08d.safetensors".formatted(rounds));
  }

  /** Waits for a checkpoint of at least so many rounds. */
  private static void await(CommandProcess process, Path run, int rounds) throws Exception {
    while (newest(run) < rounds) {
      assertThat(process.isAlive()).as(process.output()).isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static int newest(Path run) throws IOException {
    if (!Files.exists(run.resolve("checkpoints"))) {
      return 0;
    }
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("round-\\d{8}\\.safetensors"))
          .mapToInt(name -> Integer.parseInt(name.substring(6, 14)))
          .max()
          .orElse(0);
    }
  }

  @Test
  void executors_and_a_driver_that_are_killed_leave_no_trace_in_the_last_checkpoint()
      throws Exception {
    Path undisturbed = folder.resolve("undisturbed");
    Path run = folder.resolve("killed");
    CommandCall.onTwoCores(pretrain(undisturbed));
    try (CommandProcess process =
        CommandProcess.start(folder, LocalCluster.of(2), pretrain(run).toArray(String[]::new))) {
      await(process, run, 4);
      process.executors().get(0).destroyForcibly();
      await(process, run, 12);
      process.executors().forEach(ProcessHandle::destroyForcibly);
      await(process, run, newest(run) + 8);
      assertThat(process.output()).contains("what the workers carry was lost", "going back to");
      process.kill();
    }
    assertThat(checkpoint(run, ROUNDS)).doesNotExist();
    CommandCall resumed = CommandCall.onTwoCores(pretrain(run, "--resume"));
    assertThat(resumed.out()).contains("Resuming after round");
    // It lists the checksums of what the workers carry.
    assertThat(Files.readAllBytes(checkpoint(run, ROUNDS)))
        .isEqualTo(Files.readAllBytes(checkpoint(undisturbed, ROUNDS)));
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
        .filteredOn(line -> line.startsWith("{\"type\":\"round\""))
        .hasSize(ROUNDS);
    // Encoders can be used without the parts.
    try (Stream<Path> parts = Files.list(run.resolve("checkpoints"))) {
      for (Path part : parts.filter(file -> file.toString().contains(".worker-")).toList()) {
        Files.delete(part);
      }
    }
    CommandCall.succeeding(
        List.of(
            "export",
            "--run",
            run.toString(),
            "--format",
            "safetensors",
            "--out",
            folder.resolve("exported.safetensors").toString()));
  }
}
