package dev.armature.job;

import static dev.armature.job.CommandCall.assertRefused;
import static dev.armature.job.CommandCall.succeeding;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of four modalities through every command. */
class ModalitiesIntegrationTest {
  private static final String MASTER = "spark.master";
  private static final List<String> FOUR = List.of("joint", "motion", "bone", "bone-motion");

  @TempDir private static Path folder;
  private static Path data;
  private static Path finished;

  @BeforeAll
  static void prepare_data_and_train_four_encoders() {
    System.setProperty(MASTER, "local[1]");
    data = GeneratedData.path();
    finished = folder.resolve("finished");
    succeeding(pretrain(finished));
  }

  @AfterAll
  static void forget_the_master() {
    System.clearProperty(MASTER);
  }

  /** Three rounds of two steps. */
  private static List<String> pretrain(Path run, String... more) {
    Stream<String> settings =
        Stream.of(
            "data.path=" + data,
            "output.dir=" + run,
            "encoder.modalities=[%s]".formatted(String.join(",", FOUR)),
            "encoder.hidden=4",
            "encoder.layers=1",
            "encoder.embedding=4",
            "augment.frames=16",
            "augment.minimum-crop=16",
            "distill.queue=32",
            "distill.neighbours=8",
            "train.batch=8",
            "train.max-steps=6",
            "round.local-steps=2",
            "checkpoint.every-rounds=1",
            "checkpoint.keep=20");
    return CommandCall.withSettings(List.of("pretrain"), Stream.concat(settings, Stream.of(more)));
  }

  private static Path checkpoint(Path run, int round) {
    return run.resolve("checkpoints").resolve("round-%08d.safetensors".formatted(round));
  }

  private static List<String> export(String format, Path file, String... more) {
    return Stream.concat(
            Stream.of("export", "--run", finished.toString(), "--format", format),
            Stream.concat(Stream.of("--out", file.toString()), Stream.of(more)))
        .toList();
  }

  @Test
  void a_run_cut_off_after_its_first_round_ends_in_the_identical_checkpoint() throws IOException {
    Path run = folder.resolve("cut-off");
    FileUtils.copyDirectory(finished.toFile(), run.toFile());
    for (int round : List.of(2, 3)) {
      Files.delete(checkpoint(run, round));
    }
    CommandCall resumed = succeeding(pretrain(run, "--resume"));
    assertThat(resumed.out()).contains("Resuming after round");
    assertThat(checkpoint(run, 3)).hasSameBinaryContentAs(checkpoint(finished, 3));
  }

  @Test
  void another_list_of_modalities_cannot_be_resumed() {
    assertRefused(
        pretrain(finished, "--resume", "encoder.modalities=[joint,motion,bone,acceleration]"),
        "encoder.modalities",
        "acceleration",
        "bone-motion");
  }

  @Test
  void metrics_and_evaluation_name_the_fourth() throws IOException {
    JsonNode step =
        new ObjectMapper().readTree(Files.readAllLines(finished.resolve("metrics.jsonl")).get(0));
    assertThat(step.path("loss.contrastive.bone_motion").asDouble()).isPositive();
    assertThat(step.path("loss.distillation.joint-bone_motion").asDouble()).isPositive();
    Path features = folder.resolve("features");
    CommandCall call =
        succeeding(
            List.of(
                "evaluate",
                "--run",
                finished.toString(),
                "--data",
                data.toString(),
                "--features",
                features.toString(),
                "--set",
                "evaluate.linear-epochs=1"));
    assertThat(call.out())
        .contains("knn.bone-motion", "knn.four-stream", "linear.four-stream")
        .doesNotContain("three-stream");
    JsonNode results = new ObjectMapper().readTree(finished.resolve("evaluation.json").toFile());
    assertThat(results.path("random-weights.knn.four-stream.top1").isNumber()).isTrue();
    assertThat(features.resolve("test-bone-motion.npy")).isNotEmptyFile();
  }

  @Test
  void an_unknown_modality_is_refused_with_those_there_are() {
    assertRefused(
        pretrain(folder.resolve("none"), "encoder.modalities=[joint,bone_motion]"),
        "encoder.modalities: found 'bone_motion', expected one of joint, motion, bone,"
            + " acceleration, bone-motion, bone-acceleration");
  }

  @Test
  void what_the_published_format_has_no_name_for_is_not_exported() {
    for (String format : List.of("pytorch", "safetensors")) {
      Path file = folder.resolve("refused." + format);
      assertRefused(
          export(format, file),
          "--modalities: --format %s has names for joint, motion, bone, not for bone-motion"
              .formatted(format),
          "give --modalities joint,motion,bone, or --format onnx");
      assertRefused(
          export(format, file, "--modalities", "bone-motion"),
          "not for bone-motion; give --format onnx");
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void the_published_three_of_four_go_out_and_come_back() {
    Path file = folder.resolve("three.pth.tar");
    succeeding(export("pytorch", file, "--modalities", "joint,motion,bone"));
    CommandCall imported =
        succeeding(
            List.of("import", "--from", file.toString(), "--out", folder + "/three-of-four"));
    assertThat(imported.out()).contains("joint, motion, bone;");
  }

  @Test
  void an_onnx_model_holds_all_four() {
    CommandCall call = succeeding(export("onnx", folder.resolve("four.onnx")));
    assertThat(call.out()).contains("query encoders of joint, motion, bone, bone-motion after");
  }
}
