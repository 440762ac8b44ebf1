package dev.armature.job;

import static dev.armature.encoder.Closeness.relativeDistance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.exchange.PublishedCheckpoint;
import dev.armature.exchange.PublishedCheckpointWriter;
import dev.armature.exchange.PublishedFixture;
import dev.armature.round.Checkpoint;
import dev.armature.round.FloatBlock;
import dev.armature.round.TrainSettings;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands against a run of the published method in PyTorch: a checkpoint and a data set in,
 * the same training out. Losses are sums in double precision over float32 embeddings; what decides
 * how far both sides come apart are the embeddings' own sums, of some hundred float32 products a
 * gate and frame, and the rounding of weights at every update.
 */
class PublishedRunIntegrationTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir private static Path folder;
  private static Path data;

  @BeforeAll
  static void prepare() {
    data = folder.resolve("data");
    call("prepare", "--dataset", "npy", "--source", fixture("data"), "--out", data.toString());
  }

  @ParameterizedTest
  @CsvSource({"start, 0", "middle, 5"})
  void training_goes_on_from_a_checkpoint_as_in_pytorch(String checkpoint, int stepsBefore)
      throws IOException {
    JsonNode oracle = PublishedFixture.steps();
    Path start = folder.resolve(checkpoint);
    Path run = folder.resolve("run-from-" + checkpoint);
    importTo(start, checkpoint + ".pth.tar");
    pretrain(start, run, oracle.get("settings"), stepsBefore);

    List<JsonNode> theirs = new ArrayList<>();
    oracle.get("steps").forEach(theirs::add);
    List<JsonNode> ours = steps(run);
    assertThat(ours).hasSize(theirs.size() - stepsBefore);
    for (int step = 0; step < ours.size(); step++) {
      compare(ours.get(step), theirs.get(stepsBefore + step), step + 1);
    }

    Path exported = folder.resolve("from-" + checkpoint + ".pth.tar");
    export(run, "pytorch", exported);
    compare(PublishedFixture.read(exported), PublishedFixture.read("final.pth.tar"));
  }

  private static void compare(JsonNode ours, JsonNode theirs, int step) {
    assertThat(ours.get("step").asInt()).isEqualTo(step);
    assertThat(ours.get("learning-rate").asDouble())
        .isEqualTo(theirs.get("learning-rate").asDouble());
    int terms = 0;
    for (Map.Entry<String, JsonNode> term : theirs.properties()) {
      if (term.getKey().startsWith("loss.")) {
        double expected = term.getValue().asDouble();
        assertThat(ours.path(term.getKey()).asDouble(Double.NaN))
            .as("%s of step %d", term.getKey(), step)
            .isCloseTo(expected, within(TOLERANCE * Math.abs(expected)));
        terms++;
      }
    }
    // Three contrastive, six of distillation, the sum of the latter, the total.
    assertThat(terms).isEqualTo(11);
  }

  private static void compare(PublishedCheckpoint ours, PublishedCheckpoint theirs) {
    assertThat(ours.shape()).isEqualTo(theirs.shape());
    TrainingState found = ours.state();
    TrainingState expected = theirs.state();
    assertThat(found.steps()).isEqualTo(expected.steps());
    assertThat(found.epochs()).isEqualTo(expected.epochs());
    assertThat(found.queues().enqueued()).isEqualTo(expected.queues().enqueued());
    for (int m = 0; m < ours.modalities().size(); m++) {
      assertClose(found.model().query().get(m), expected.model().query().get(m));
      assertClose(found.model().key().get(m), expected.model().key().get(m));
      assertClose(found.model().velocity().get(m), expected.model().velocity().get(m));
      assertClose(found.queues().keys()[m], expected.queues().keys()[m]);
    }
  }

  private static void assertClose(FloatBlock found, FloatBlock expected) {
    assertClose(found.values(), expected.values());
  }

  private static void assertClose(float[] found, float[] expected) {
    assertThat(relativeDistance(found, expected)).isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytorch", "safetensors"})
  void what_was_exported_is_imported_bit_for_bit(String format) throws IOException {
    Path first = folder.resolve("first-" + format);
    Path second = folder.resolve("second-" + format);
    Path file = folder.resolve("exported." + format);
    importTo(first, "middle.pth.tar");
    export(first, format, file);
    importFile(file, second);
    Path checkpoint = Path.of("checkpoints", "round-00000000.safetensors");
    assertThat(second.resolve(checkpoint)).hasSameBinaryContentAs(first.resolve(checkpoint));
  }

  @ParameterizedTest
  @CsvSource({"0.001, 0.001", "0, 0.01"})
  void an_optimizers_learning_rate_is_that_of_its_epoch_or_the_default_where_it_has_none(
      double rate, double expected) throws IOException {
    Path file = folder.resolve("late-%s.pth.tar".formatted(rate));
    Path run = folder.resolve("late-%s".formatted(rate));
    Path exported = folder.resolve("late-%s-again.pth.tar".formatted(rate));
    // 450 epochs: behind the only step of the default schedule.
    writeAfter(450, rate, file);
    importFile(file, run);
    export(run, "pytorch", exported);
    PublishedCheckpoint again = PublishedFixture.read(exported);
    assertThat(again.state().epochs()).isEqualTo(450);
    assertThat(again.optimizer().orElseThrow().settings())
        .containsEntry("train.learning-rate", expected);
  }

  private static void writeAfter(int epochs, double rate, Path file) throws IOException {
    PublishedCheckpoint start = PublishedFixture.read("start.pth.tar");
    TrainingState state =
        new TrainingState(0, 0, epochs, start.state().model(), start.state().queues());
    TrainSettings train =
        new TrainSettings(4, 0, 0, 451, 0, rate, List.of(), 0.9, 1e-4, 0.999, 1, true);
    try (OutputStream out = Files.newOutputStream(file)) {
      new PublishedCheckpointWriter(
              new Checkpoint(state, start.shape(), start.modalities(), Map.of()))
          .writePyTorch(train, out);
    }
  }

  @Test
  void another_file_in_the_place_of_an_exported_one_is_read() throws IOException {
    Path run = folder.resolve("replaced");
    Path file = folder.resolve("replaced.pth.tar");
    importTo(run, "start.pth.tar");
    export(run, "pytorch", file);
    Files.copy(PublishedFixture.path("final.pth.tar"), file, StandardCopyOption.REPLACE_EXISTING);
    importFile(file, folder.resolve("from-replaced"));
    try (Stream<Path> beside = Files.list(folder)) {
      assertThat(beside.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".replaced.pth.tar"));
    }
  }

  @Test
  void an_imported_run_is_evaluated_and_its_features_are_those_of_pytorch() throws IOException {
    Path run = folder.resolve("evaluated");
    Path features = folder.resolve("features");
    importTo(run, "final.pth.tar");
    CommandCall call =
        call(
            "evaluate",
            "--run",
            run.toString(),
            "--data",
            data.toString(),
            "--features",
            features.toString(),
            "--set",
            "evaluate.linear-epochs=2");
    assertThat(call.out()).contains("0 rounds, 10 steps in all");
    JsonNode results = new ObjectMapper().readTree(run.resolve("evaluation.json").toFile());
    assertThat(results.path("knn.three-stream.top1").isNumber()).isTrue();
    for (String modality : List.of("joint", "motion", "bone")) {
      assertThat(
              relativeDistance(
                  PublishedFixture.array(features.resolve("train-%s.npy".formatted(modality))),
                  PublishedFixture.array("features/final-train-%s.npy".formatted(modality))))
          .isLessThan(1e-5);
    }
    assertThat(features.resolve("test-labels.npy")).isNotEmptyFile();
  }

  @Test
  void an_onnx_model_of_some_modalities_is_written() throws IOException {
    Path run = folder.resolve("for-onnx");
    Path model = folder.resolve("model.onnx");
    importTo(run, "final.pth.tar");
    CommandCall call =
        call(
            "export",
            "--run",
            run.toString(),
            "--format",
            "onnx",
            "--modalities",
            "bone,joint",
            "--out",
            model.toString());
    assertThat(call.out()).contains("query encoders of bone, joint after 2 epochs and 10 steps");
    assertThat(Files.size(model)).isPositive();
  }

  @Test
  void what_cannot_be_imported_is_refused_and_leaves_nothing_behind() throws IOException {
    Path out = folder.resolve("refused");
    Path cut = folder.resolve("cut.pth.tar");
    byte[] whole = Files.readAllBytes(PublishedFixture.path("start.pth.tar"));
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    CommandCall.assertRefused(
        List.of("import", "--from", cut.toString(), "--out", out.toString()), cut.toString());
    CommandCall.assertRefused(
        List.of("import", "--from", folder + "/absent.pth", "--out", out.toString()),
        "there is no file",
        "absent.pth");
    CommandCall.assertRefused(
        List.of("import", "--from", fixture("steps.json"), "--out", out.toString()),
        "no file of torch.save");
    assertThat(out).doesNotExist();
    CommandCall.assertRefused(
        List.of("import", "--from", fixture("start.pth.tar"), "--out", data.toString()),
        "is not empty");
  }

  @Test
  void what_cannot_be_exported_is_refused() throws IOException {
    Path run = folder.resolve("not-exported");
    importTo(run, "start.pth.tar");
    Path there = Files.writeString(folder.resolve("there.pth.tar"), "precious");
    CommandCall.assertRefused(
        List.of(
            "export", "--run", run.toString(), "--format", "pytorch", "--out", there.toString()),
        "is there already");
    assertThat(there).hasContent("precious");
    CommandCall.assertRefused(
        List.of(
            "export",
            "--run",
            run.toString(),
            "--format",
            "onnx",
            "--modalities",
            "joint,joint",
            "--out",
            folder + "/twice.onnx"),
        "--modalities: found joint, joint, expected some of joint, motion, bone");
    CommandCall.assertRefused(
        List.of("export", "--run", data.toString(), "--format", "onnx", "--out", folder + "/no"),
        "not a run's folder");
  }

  private static void importTo(Path run, String checkpoint) {
    importFile(PublishedFixture.path(checkpoint), run);
  }

  private static void importFile(Path file, Path run) {
    call("import", "--from", file.toString(), "--out", run.toString());
  }

  private static void export(Path run, String format, Path file) {
    call("export", "--run", run.toString(), "--format", format, "--out", file.toString());
  }

  private static void pretrain(Path start, Path run, JsonNode settings, int stepsBefore) {
    int stepsPerEpoch = settings.get("sequences").asInt() / settings.get("batch").asInt();
    Map<String, Object> keys =
        Map.of(
            "init.from",
            start,
            "init.epoch",
            stepsBefore / stepsPerEpoch,
            "data.path",
            data,
            "output.dir",
            run,
            "distill.neighbours",
            settings.get("neighbours"),
            "train.batch",
            settings.get("batch"),
            "train.learning-rate",
            settings.get("learning-rate"),
            "train.epochs",
            settings.get("steps").asInt() / stepsPerEpoch);
    CommandCall.succeeding(
        CommandCall.withSettings(
            List.of("pretrain", "--conf", "../conf/exact.conf"),
            keys.entrySet().stream().map(key -> key.getKey() + "=" + key.getValue())));
  }

  private static List<JsonNode> steps(Path run) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonNode parsed = json.readTree(line);
      if (parsed.get("type").asText().equals("step")) {
        steps.add(parsed);
      }
    }
    return steps;
  }

  private static String fixture(String name) {
    return PublishedFixture.path(name).toString();
  }

  private static CommandCall call(String... arguments) {
    return CommandCall.succeeding(List.of(arguments));
  }
}
