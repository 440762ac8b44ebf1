package dev.armature.job;

import static dev.armature.job.CommandCall.assertRefused;
import static dev.armature.job.CommandCall.succeeding;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.armature.distill.AlignedQueues;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.Recurrence;
import dev.armature.round.Checkpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.FloatBlock;
import dev.armature.round.ModelState;
import dev.armature.round.TrainingState;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with {@code conf/exact.conf} that start from another run's checkpoint. */
class InitialRunIntegrationTest {
  private static final String MASTER = "spark.master";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SIZES =
      List.of(
          "encoder.hidden=4",
          "encoder.layers=1",
          "encoder.embedding=4",
          "encoder.recurrence=bidirectional",
          "distill.queue=48");
  private static final List<String> LOSSES =
      List.of(
          "loss.contrastive.joint",
          "loss.contrastive.motion",
          "loss.contrastive.bone",
          "loss.distillation.joint-motion",
          "loss.distillation.joint-bone",
          "loss.distillation.motion-joint",
          "loss.distillation.motion-bone",
          "loss.distillation.bone-joint",
          "loss.distillation.bone-motion",
          "loss.distillation",
          "loss.total");

  @TempDir private static Path folder;
  private static Path data;
  private static Path whole;
  private static Path first;

  /** Two epochs at a stretch, and the first of them alone. */
  @BeforeAll
  static void prepare_data_and_train() {
    System.setProperty(MASTER, "local[1]");
    data = GeneratedData.path();
    whole = folder.resolve("whole");
    first = folder.resolve("first");
    succeeding(pretrain(whole, SIZES, "train.epochs=2"));
    succeeding(pretrain(first, SIZES, "train.epochs=1"));
  }

  @AfterAll
  static void forget_the_master() {
    System.clearProperty(MASTER);
  }

  private static List<String> pretrain(Path run, List<String> sizes, String... more) {
    List<String> settings =
        List.of(
            "data.path=" + data,
            "output.dir=" + run,
            "augment.frames=16",
            "distill.neighbours=12",
            "train.batch=24",
            "train.learning-rate=0.05",
            "train.schedule=[{ epoch = 2, factor = 0.5 }]",
            "checkpoint.every-rounds=1");
    return CommandCall.withSettings(
        List.of("pretrain", "--conf", Path.of("..", "conf", "exact.conf").toString()),
        Stream.of(settings.stream(), sizes.stream(), Stream.of(more)).flatMap(part -> part));
  }

  private static List<String> from(Path run, Path other, String... more) {
    List<String> all = new ArrayList<>(List.of("init.from=" + other));
    all.addAll(List.of(more));
    return pretrain(run, List.of(), all.toArray(String[]::new));
  }

  private static CheckpointStore checkpoints(Path run) throws IOException {
    return new CheckpointStore(
        FileSystem.getLocal(new Configuration()),
        new org.apache.hadoop.fs.Path(run.resolve("checkpoints").toString()));
  }

  private static Checkpoint newest(Path run) throws IOException {
    return checkpoints(run).latest(broken -> {}).orElseThrow();
  }

  private static byte[] file(Path run, int rounds) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints").resolve("round-%08d.safetensors".formatted(rounds)));
  }

  private static List<JsonNode> steps(Path run) throws IOException {
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonNode node = JSON.readTree(line);
      if (node.path("type").asText().equals("step")) {
        steps.add(node);
      }
    }
    return steps;
  }

  private static Config configuration(Path run) {
    return ConfigFactory.parseFile(run.resolve("run.conf").toFile());
  }

  private static Path copy(Path run, String name) throws IOException {
    Path copy = folder.resolve(name);
    FileUtils.copyDirectory(run.toFile(), copy.toFile());
    return copy;
  }

  /** A run's folder as another program's weights would make one. */
  private static Path imported(String name, int features, Map<String, String> provenance)
      throws IOException {
    EncoderShape shape = new EncoderShape(features, 4, 1, 4, 1, Recurrence.LOCKSTEP);
    List<FloatBlock> weights = new ArrayList<>();
    List<FloatBlock> momentum = new ArrayList<>();
    for (int modality = 0; modality < 3; modality++) {
      float[] initial = EncoderInitializer.initialize(shape, 77, modality);
      weights.add(new FloatBlock(initial));
      momentum.add(new FloatBlock(new float[initial.length]));
    }
    Path run = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        run.resolve("run.conf"),
        """
        encoder { modalities = [joint, motion, bone], hidden = 4, layers = 1, embedding = 4 }
        encoder { recurrence = lockstep }
        distill.queue = 48
        """);
    try (AlignedQueues queues = AlignedQueues.random(3, 48, 4, 5)) {
      checkpoints(run)
          .write(
              new Checkpoint(
                  new TrainingState(
                      0, 600, 40, new ModelState(weights, weights, momentum), queues.snapshot()),
                  shape,
                  List.of(Modality.JOINT, Modality.MOTION, Modality.BONE),
                  provenance));
    }
    return run;
  }

  @Test
  void a_run_that_goes_on_from_a_runs_first_epoch_ends_as_one_of_both_epochs() throws IOException {
    Path second = folder.resolve("second");
    CommandCall call = succeeding(from(second, first, "train.epochs=2", "init.epoch=1"));
    assertThat(call.out())
        .contains("Starting from", first.toString(), "1 epochs, of which 1 count here");

    TrainingState expected = newest(whole).state();
    TrainingState ended = newest(second).state();
    assertThat(ended.model()).usingRecursiveComparison().isEqualTo(expected.model());
    assertThat(ended.queues()).usingRecursiveComparison().isEqualTo(expected.queues());
    assertThat(ended.steps()).isEqualTo(expected.steps());
    assertThat(ended.epochs()).isEqualTo(2);
    assertThat(ended.rounds()).isEqualTo(1);

    List<JsonNode> wholeSteps = steps(whole);
    int perEpoch = wholeSteps.size() / 2;
    List<JsonNode> ownSteps = steps(second);
    assertThat(ownSteps).hasSize(perEpoch).hasSizeGreaterThan(2);
    for (int step = 0; step < perEpoch; step++) {
      ObjectNode line = ownSteps.get(step).deepCopy();
      assertThat(line.path("step").asInt()).isEqualTo(step + 1);
      assertThat(line.path("round").asInt()).isZero();
      assertThat(line.path("learning-rate").asDouble()).isEqualTo(0.025);
      line.put("step", perEpoch + step + 1);
      assertThat(line.toString()).isEqualTo(wholeSteps.get(perEpoch + step).toString());
    }
  }

  @Test
  void a_run_that_goes_on_within_an_epoch_ends_as_one_that_never_stopped() throws IOException {
    Path begun = folder.resolve("begun");
    Path ended = folder.resolve("ended");
    succeeding(pretrain(begun, SIZES, "train.epochs=2", "train.max-steps=2"));
    CommandCall call = succeeding(from(ended, begun, "train.epochs=2", "init.batch=2"));
    assertThat(call.out()).contains("0 count here (init.epoch), and 2 batches (init.batch)");

    TrainingState expected = newest(whole).state();
    TrainingState actual = newest(ended).state();
    assertThat(actual.model()).usingRecursiveComparison().isEqualTo(expected.model());
    assertThat(actual.queues()).usingRecursiveComparison().isEqualTo(expected.queues());
    assertThat(actual.steps()).isEqualTo(expected.steps());
    assertThat(actual.epochs()).isEqualTo(expected.epochs());
  }

  @Test
  void a_steps_line_has_every_term_in_full_precision() throws IOException {
    for (JsonNode step : steps(whole)) {
      List<String> names = new ArrayList<>(List.of("type", "round", "epoch", "step"));
      names.addAll(LOSSES);
      names.add("learning-rate");
      assertThat(step.fieldNames()).toIterable().containsExactlyElementsOf(names);
      double contrastive = sum(step, LOSSES.subList(0, 3));
      double distillation = sum(step, LOSSES.subList(3, 9));
      assertThat(step.path("loss.distillation").asDouble()).isEqualTo(distillation);
      assertThat(step.path("loss.total").asDouble()).isEqualTo(contrastive + distillation);
      // A loss that had been single precision anywhere near its end would be a float.
      assertThat(LOSSES)
          .map(name -> step.path(name).asDouble())
          .allMatch(loss -> loss > 0 && loss != (float) loss.doubleValue());
    }
  }

  private static double sum(JsonNode step, List<String> names) {
    return names.stream().mapToDouble(name -> step.path(name).asDouble()).sum();
  }

  @Test
  void another_seed_changes_no_loss_and_no_weight() throws IOException {
    Path other = folder.resolve("other-seed");
    succeeding(from(other, first, "train.epochs=2", "init.epoch=1", "train.seed=99"));
    assertThat(newest(other).state().model())
        .usingRecursiveComparison()
        .isEqualTo(newest(whole).state().model());
  }

  @Test
  void sizes_are_the_checkpoints_where_nobody_gives_them_and_stand_in_the_runs_configuration()
      throws IOException {
    Path run = folder.resolve("sizes");
    succeeding(from(run, first, "train.epochs=1"));
    Config conf = configuration(run);
    assertThat(conf.getInt("encoder.hidden")).isEqualTo(4);
    assertThat(conf.getInt("distill.queue")).isEqualTo(48);
    assertThat(conf.getString("encoder.recurrence")).isEqualTo("bidirectional");
    assertThat(conf.getString("init.from")).isEqualTo(first.toString());
    assertThat(newest(run).shape()).isEqualTo(newest(first).shape());
    // Steps before count, epochs only where init.epoch says so.
    assertThat(newest(run).state().steps()).isEqualTo(2 * newest(first).state().steps());
    assertThat(newest(run).state().epochs()).isEqualTo(1);
  }

  @Test
  void every_size_that_differs_is_named_with_both_values_and_where_it_was_given()
      throws IOException {
    Path recipe = Files.writeString(folder.resolve("sizes.conf"), "encoder.layers = 2\n");
    List<String> call =
        new ArrayList<>(
            from(
                folder.resolve("none"),
                first,
                "encoder.hidden=8",
                "encoder.modalities=[joint, bone]",
                "encoder.recurrence=lockstep",
                "distill.method=i2md",
                "distill.queue=96"));
    call.set(call.indexOf("--conf") + 1, recipe.toString());
    assertRefused(
        call,
        first + "/checkpoints/round-00000001.safetensors",
        "encoder.modalities: found [joint, bone] (--set encoder.modalities), the checkpoint has [joint, motion, bone]",
        "encoder.hidden: found 8 (--set encoder.hidden), the checkpoint has 4",
        "encoder.layers: found 2 (",
        "sizes.conf: 1), the checkpoint has 1",
        "encoder.recurrence: found lockstep (--set encoder.recurrence), the checkpoint has bidirectional",
        "distill.queue: found 96 (--set distill.queue), the checkpoint has 48",
        "distill.method: found i2md (--set distill.method), whose encoders have 2 projection heads, the checkpoint's have 1",
        "Leave a key of sizes out");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void data_of_another_size_or_layout_is_refused_with_both() throws IOException {
    Path flat = imported("features", 60, Map.of());
    assertRefused(
        from(folder.resolve("none"), flat, "encoder.hidden=8"),
        "data.path = " + data,
        "kinect-v2 gives 150 numbers a frame (25 joints · 3 · 2 persons), the encoders take 60",
        "encoder.hidden: found 8");
    Map<String, String> provenance = new TreeMap<>(newest(first).provenance());
    provenance.compute(
        Provenance.DATA_LAYOUT, (name, layout) -> layout.replace("kinect-v2", "kinect-v3"));
    Path other = imported("layout", 150, provenance);
    assertRefused(from(folder.resolve("none"), other), "theirs:", "kinect-v3", "its own:");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void a_folder_without_a_run_or_a_whole_checkpoint_is_refused() throws IOException {
    assertRefused(
        from(folder.resolve("none"), folder.resolve("nowhere")),
        "init.from",
        folder.resolve("nowhere").toString(),
        "run.conf");
    assertRefused(from(folder.resolve("none"), Path.of("nofs:/x")), "nofs:/x");
    Path file = first.resolve("run.conf");
    assertRefused(
        from(folder.resolve("none"), file), "init.from: ", file + " is a file", "import --from");
    Path empty = Files.createDirectories(folder.resolve("no-checkpoint"));
    Files.copy(first.resolve("run.conf"), empty.resolve("run.conf"));
    assertRefused(from(folder.resolve("none"), empty), "init.from", empty.toString(), "checkpoint");
    Path broken = copy(first, "broken");
    Files.writeString(broken.resolve("checkpoints/round-00000001.safetensors.sha256"), "00  x\n");
    Files.deleteIfExists(broken.resolve("checkpoints/.round-00000001.safetensors.sha256.crc"));
    assertRefused(
        from(folder.resolve("none"), broken),
        "init.from: none of the 1 checkpoints in",
        broken.toString());
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void epochs_that_count_as_done_must_leave_one_and_have_been_done_by_someone() {
    assertRefused(
        from(folder.resolve("none"), first, "train.epochs=2", "init.epoch=2"),
        "init.epoch: found 2, expected less than train.epochs = 2");
    assertRefused(
        pretrain(folder.resolve("none"), SIZES, "init.epoch=1"),
        "init.epoch: found 1, expected 0 without init.from");
    assertRefused(
        pretrain(folder.resolve("none"), SIZES, "init.batch=1"),
        "init.batch: found 1, expected 0 without init.from");
    assertRefused(
        from(folder.resolve("none"), first, "init.batch=99"),
        "init.batch is 99, expected less than");
  }

  @Test
  void a_resumed_run_needs_the_folder_no_more_that_it_started_from() throws IOException {
    Path start = copy(first, "start-that-goes");
    Path run = folder.resolve("resumed");
    succeeding(from(run, start, "train.epochs=1"));
    FileUtils.deleteDirectory(start.toFile());
    succeeding(from(run, start, "train.epochs=2", "--resume"));
    assertThat(newest(run).state().epochs()).isEqualTo(2);

    Path undisturbed = folder.resolve("undisturbed");
    succeeding(from(undisturbed, first, "train.epochs=2"));
    assertThat(newest(run).state().model())
        .usingRecursiveComparison()
        .isEqualTo(newest(undisturbed).state().model());
    assertThat(newest(run).provenance().get(Provenance.INITIAL_CHECKPOINT))
        .isEqualTo(newest(undisturbed).provenance().get(Provenance.INITIAL_CHECKPOINT))
        .isEqualTo(checkpoints(first).checksum(1));
    succeeding(List.of("pretrain", "--resume", "--set", "output.dir=" + run));
  }

  @Test
  void a_run_that_was_killed_before_its_first_checkpoint_starts_from_the_other_run_again()
      throws IOException {
    Path run = folder.resolve("killed-early");
    succeeding(from(run, first, "train.epochs=1"));
    byte[] expected = file(run, 1);
    FileUtils.deleteDirectory(run.resolve("checkpoints").toFile());
    succeeding(List.of("pretrain", "--resume", "--set", "output.dir=" + run));
    assertThat(file(run, 1)).isEqualTo(expected);
  }

  @Test
  void runs_from_the_same_checkpoint_are_alike_wherever_it_lies() throws IOException {
    Path elsewhere = copy(first, "elsewhere");
    Path one = folder.resolve("from-first");
    Path other = folder.resolve("from-elsewhere");
    succeeding(from(one, first, "train.epochs=1"));
    succeeding(from(other, elsewhere, "train.epochs=1"));
    assertThat(file(other, 1)).isEqualTo(file(one, 1));
    succeeding(from(other, first, "train.epochs=1", "--resume"));
    assertThat(file(other, 1)).isEqualTo(file(one, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"whole", "", "nowhere"})
  void a_run_is_not_resumed_with_another_start(String start) throws IOException {
    Path run = folder.resolve("of-one-start-" + start);
    succeeding(from(run, first, "train.epochs=1"));
    byte[] before = file(run, 1);
    String other = start.isEmpty() ? "" : folder.resolve(start).toString();
    assertRefused(
        List.of(
            "pretrain", "--resume", "--set", "output.dir=" + run, "--set", "init.from=" + other),
        "init.from",
        start.isEmpty() ? "now not set" : other);
    assertThat(file(run, 1)).isEqualTo(before);
  }

  @Test
  void a_run_from_initial_weights_is_not_resumed_from_a_checkpoint() throws IOException {
    Path run = copy(first, "from-scratch");
    assertRefused(
        List.of(
            "pretrain", "--resume", "--set", "output.dir=" + run, "--set", "init.from=" + whole),
        "init.from: was not set, now " + whole);
  }

  @Test
  void imported_encoders_are_trained_and_their_layout_is_said_to_be_unknown() throws IOException {
    Path imported = imported("trained-on", 150, Map.of("source", "another program"));
    Path run = folder.resolve("from-imported");
    CommandCall call = succeeding(from(run, imported, "train.max-steps=2"));
    assertThat(call.out())
        .contains("600 steps, 40 epochs, of which 0 count here")
        .contains("does not tell the layout of its training data");
    assertThat(steps(run)).map(step -> step.path("step").asInt()).containsExactly(1, 2);
    assertThat(newest(run).state().steps()).isEqualTo(602);
    assertRefused(
        List.of(
            "pretrain",
            "--resume",
            "--set",
            "output.dir=" + imported,
            "--set",
            "data.path=" + data,
            "--set",
            "distill.neighbours=12",
            "--set",
            "train.batch=24"),
        imported.toString(),
        "was imported",
        "init.from=");
  }

  @Test
  void imported_encoders_are_evaluated_the_same_whatever_the_seed() throws IOException {
    Path run = imported("evaluated", 150, Map.of());
    List<ObjectNode> results = new ArrayList<>();
    for (String seed : List.of("1", "2")) {
      CommandCall call =
          succeeding(
              Stream.concat(
                      Stream.of("evaluate", "--run", run.toString(), "--data", data.toString()),
                      Stream.of(
                              "evaluate.linear-epochs=3",
                              "evaluate.linear-initial-deviation=0",
                              "augment.temporal=centre",
                              "train.shuffle=false",
                              "train.seed=" + seed)
                          .flatMap(setting -> Stream.of("--set", setting)))
                  .toList());
      assertThat(call.out())
          .contains("after 0 rounds, 600 steps in all")
          .contains("does not tell the layout of its training data");
      ObjectNode result = (ObjectNode) JSON.readTree(run.resolve("evaluation.json").toFile());
      results.add(result);
    }
    assertThat(results.get(0).path("linear.order").asText()).isEqualTo("data set");
    assertThat(withoutBaseline(results.get(0)))
        .containsKey("linear.three-stream.top1")
        .isEqualTo(withoutBaseline(results.get(1)));
  }

  /** The baseline's weights are the seed's, and the settings' checksum is of the seed, too. */
  private static Map<String, String> withoutBaseline(ObjectNode result) {
    Map<String, String> own = new TreeMap<>();
    result.fields().forEachRemaining(field -> own.put(field.getKey(), field.getValue().asText()));
    own.keySet().removeIf(key -> key.startsWith("random-weights."));
    own.keySet().removeAll(Set.of("seed", RunEvaluation.FINGERPRINT));
    return own;
  }

  @Test
  void encoders_of_another_input_are_not_evaluated() throws IOException {
    Path run = imported("other-input", 60, Map.of());
    assertRefused(
        List.of("evaluate", "--run", run.toString(), "--data", data.toString()),
        "150 numbers a frame",
        "take 60",
        run.toString());
  }
}
