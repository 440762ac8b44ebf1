package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.exchange.PublishedFixture;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run whose only checkpoint has one other bit than it was written with. */
class DamagedCheckpointTest {
  @TempDir private static Path folder;
  private static Path run;
  private static Path data;

  @BeforeAll
  static void damage_a_checkpoint() throws IOException {
    run = folder.resolve("run");
    data = folder.resolve("data");
    CommandCall.succeeding(
        List.of(
            "import",
            "--from",
            PublishedFixture.path("start.pth.tar").toString(),
            "--out",
            run.toString()));
    CommandCall.succeeding(
        List.of(
            "prepare",
            "--dataset",
            "npy",
            "--source",
            PublishedFixture.path("data").toString(),
            "--out",
            data.toString()));
    Path checkpoint;
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      checkpoint = files.filter(file -> file.toString().endsWith(".safetensors")).findAny().get();
    }
    // Hadoop's own checksum would notice before ours.
    Files.deleteIfExists(checkpoint.resolveSibling("." + checkpoint.getFileName() + ".crc"));
    try (RandomAccessFile file = new RandomAccessFile(checkpoint.toFile(), "rw")) {
      file.seek(file.length() - 3);
      int value = file.read();
      file.seek(file.length() - 3);
      file.write(value ^ 1);
    }
  }

  static Stream<List<String>> calls() {
    return Stream.of(
        List.of("evaluate", "--run", run.toString(), "--data", data.toString()),
        List.of(
            "export",
            "--run",
            run.toString(),
            "--format",
            "onnx",
            "--out",
            folder.resolve("out.onnx").toString()),
        List.of(
            "pretrain",
            "--set",
            "init.from=" + run,
            "--set",
            "distill.neighbours=8",
            "--set",
            "train.batch=4",
            "--set",
            "data.path=" + data,
            "--set",
            "output.dir=" + folder.resolve("next")),
        List.of(
            "pretrain",
            "--resume",
            "--set",
            "train.batch=4",
            "--set",
            "data.path=" + data,
            "--set",
            "output.dir=" + run));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void no_command_believes_it(List<String> call) {
    CommandCall refused = CommandCall.of(call);
    assertThat(refused.exitCode()).as(refused.err()).isNotZero();
    assertThat(refused.err()).contains("it was cut short or altered", "none of the 1 checkpoints");
    assertThat(folder.resolve("out.onnx")).doesNotExist();
  }

  @Test
  void a_checksum_file_that_names_another_file_leads_nowhere() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path checkpoints = Files.createDirectory(other.resolve("checkpoints"));
    Files.copy(run.resolve("run.conf"), other.resolve("run.conf"));
    Files.writeString(checkpoints.resolve("round-00000000.safetensors"), "no tensors");
    Files.writeString(
        checkpoints.resolve("round-00000000.safetensors.sha256"),
        "0".repeat(64) + "  ../../run/checkpoints/round-00000000.safetensors\n");
    CommandCall refused =
        CommandCall.of(
            List.of(
                "export",
                "--run",
                other.toString(),
                "--format",
                "onnx",
                "--out",
                folder.resolve("other.onnx").toString()));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("none of the 1 checkpoints");
  }
}
