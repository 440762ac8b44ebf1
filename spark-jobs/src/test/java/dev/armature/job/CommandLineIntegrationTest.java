package dev.armature.job;

import static dev.armature.job.CommandCall.assertIsMessage;
import static dev.armature.job.CommandCall.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user who calls the commands rightly or wrongly gets: exit code, message, files. */
class CommandLineIntegrationTest {
  private static final String MASTER = "spark.master";
  private static final String LAST = "round-00000003.safetensors";

  @TempDir private static Path folder;
  private static Path data;
  private static Path finished;

  @BeforeAll
  static void prepare_data_and_train_a_run() {
    System.setProperty(MASTER, "local[1]");
    data = folder.resolve("data");
    finished = folder.resolve("finished");
    // Not by way of CommandCall: logging keeps the standard error that it finds when it starts.
    assertThat(Main.run(prepare(data, 1).toArray(String[]::new))).isZero();
    CommandCall call = CommandCall.of(pretrain(finished));
    assertThat(call.exitCode()).as(call.err()).isZero();
  }

  @AfterAll
  static void forget_the_master() {
    System.clearProperty(MASTER);
  }

  private static List<String> prepare(Path out, int seed) {
    return Stream.concat(
            CommandCall.prepareGenerated(out).stream(), Stream.of("--seed", Integer.toString(seed)))
        .toList();
  }

  /** A pretrain of three rounds of two steps; later settings override earlier ones. */
  private static List<String> pretrain(Path run, String... more) {
    return pretrain(List.of("data.path=" + data, "output.dir=" + run), more);
  }

  private static List<String> pretrain(List<String> paths, String... more) {
    List<String> small =
        List.of(
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
    return CommandCall.withSettings(
        List.of("pretrain"),
        Stream.of(paths.stream(), small.stream(), Stream.of(more)).flatMap(settings -> settings));
  }

  private static List<String> evaluate(Path run, Path on, String... more) {
    return Stream.concat(
            Stream.of("evaluate", "--run", run.toString(), "--data", on.toString()),
            Stream.of(more))
        .toList();
  }

  private static Path copyOfFinished(String name) throws IOException {
    Path copy = folder.resolve(name);
    FileUtils.copyDirectory(finished.toFile(), copy.toFile());
    return copy;
  }

  /** Checksums by relative path. */
  private static Map<String, String> content(Path of) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(of)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(
            of.relativize(file).toString(), DigestUtils.sha256Hex(Files.readAllBytes(file)));
      }
    }
    return content;
  }

  private static void cutShort(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(open.length() / 2);
    }
  }

  private static Path checkpoint(Path run, String name) {
    return run.resolve("checkpoints").resolve(name);
  }

  @Test
  void a_run_leaves_what_the_documentation_names() {
    assertThat(finished.resolve("run.conf")).isNotEmptyFile();
    assertThat(finished.resolve("metrics.jsonl")).isNotEmptyFile();
    assertThat(checkpoint(finished, LAST)).isNotEmptyFile();
  }

  @Test
  void unknown_keys_are_refused_all_at_once_with_the_key_that_was_meant() {
    assertRefused(
        pretrain(folder.resolve("none"), "train.bach=8", "distill.weigth=1"),
        "train.bach",
        "did you mean train.batch?",
        "distill.weigth",
        "did you mean distill.weight?");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void a_pretrain_without_data_is_refused() {
    assertRefused(
        pretrain(List.of("output.dir=" + folder.resolve("none"))), "data.path is not set");
  }

  @Test
  void a_pretrain_without_a_folder_to_write_to_is_refused() {
    assertRefused(pretrain(List.of("data.path=" + data)), "output.dir is not set");
  }

  @Test
  void data_that_was_not_prepared_is_refused_and_no_run_is_begun() throws IOException {
    Path raw = Files.createDirectories(folder.resolve("raw"));
    Files.writeString(raw.resolve("S001C001P001R001A001.skeleton"), "0\n");
    Path run = folder.resolve("of-raw");
    assertRefused(pretrain(run, "data.path=" + raw), raw.toString(), "prepare");
    assertRefused(pretrain(run, "data.path=" + folder.resolve("nowhere")), "nowhere", "prepare");
    assertThat(run).doesNotExist();
  }

  @Test
  void a_folder_that_holds_another_run_is_left_as_it_is() throws IOException {
    Map<String, String> before = content(finished);
    assertRefused(pretrain(finished), finished.toString(), "another run", "--resume", "output.dir");
    assertThat(content(finished)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--resume"})
  void a_folder_that_holds_something_else_is_left_as_it_is(String option) throws IOException {
    Path letters = Files.createDirectories(folder.resolve("letters" + option));
    Files.writeString(letters.resolve("to-mother.txt"), "Dear mother");
    assertRefused(
        option.isEmpty() ? pretrain(letters) : pretrain(letters, option),
        letters.toString(),
        "not empty");
    assertThat(content(letters)).containsOnlyKeys("to-mother.txt");
  }

  @Test
  void more_neighbours_than_the_queue_has_are_refused_with_both_numbers() {
    assertRefused(
        pretrain(folder.resolve("none"), "distill.neighbours=33"),
        "distill.neighbours",
        "33",
        "distill.queue = 32");
  }

  @Test
  void a_queue_shorter_than_a_batch_is_refused_with_both_numbers() {
    assertRefused(pretrain(folder.resolve("none"), "train.batch=40"), "32", "train.batch = 40");
  }

  @Test
  void a_batch_larger_than_a_workers_share_of_the_data_is_refused_with_both_numbers() {
    Path run = folder.resolve("large-batch");
    assertRefused(
        pretrain(run, "train.batch=1000", "distill.queue=1000", "round.workers=2"),
        "train.batch = 1000",
        "round.workers = 2",
        "sequences");
    assertThat(run).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "=8", "train.batch=many", "train.batch=[", "train..batch=8"})
  void a_setting_that_makes_no_sense_is_refused(String setting) {
    assertRefused(
        pretrain(folder.resolve("none"), setting), setting.replaceAll("=.+|\\[", "").strip());
  }

  @Test
  void protocols_that_do_not_exist_are_refused_with_those_that_do() throws IOException {
    assertRefused(evaluate(finished, data, "--protocol", "knn,guess"), "'guess'", "knn", "linear");
    assertRefused(
        List.of(
            "prepare",
            "--dataset",
            "synthetic",
            "--protocol",
            "xmas",
            "--out",
            folder.resolve("none").toString()),
        "xmas",
        "xsub");
    assertThat(finished.resolve("evaluation.json")).doesNotExist();
  }

  @Test
  void verbose_shows_where_a_mistake_was_noticed() {
    CommandCall call =
        CommandCall.of(pretrain(folder.resolve("none"), "train.bach=8", "--verbose"));
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.err()).contains("train.bach", "\tat dev.armature.job.");
  }

  @Test
  void a_run_is_not_resumed_with_another_configuration() throws IOException {
    Map<String, String> before = content(finished);
    assertRefused(
        pretrain(finished, "--resume", "train.learning-rate=0.5", "distill.queue=64"),
        "train.learning-rate: was 0.01, now 0.5",
        "distill.queue: was 32, now 64");
    assertThat(content(finished)).isEqualTo(before);
  }

  @Test
  void a_run_is_not_resumed_with_other_data() throws IOException {
    Map<String, String> before = content(finished);
    Path other = folder.resolve("other-data");
    assertThat(CommandCall.of(prepare(other, 2)).exitCode()).isZero();
    assertRefused(
        pretrain(finished, "--resume", "data.path=" + other), finished.toString(), "other data");
    assertThat(content(finished)).isEqualTo(before);
  }

  @Test
  void a_checkpoint_cut_short_is_passed_over_in_one_line_and_the_run_ends_as_it_did()
      throws IOException {
    Path run = copyOfFinished("cut-short");
    byte[] expected = Files.readAllBytes(checkpoint(run, LAST));
    cutShort(checkpoint(run, LAST));
    CommandCall call =
        CommandCall.of(List.of("pretrain", "--resume", "--set", "output.dir=" + run));
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.err().lines().filter(line -> line.startsWith("armature: ")))
        .singleElement()
        .asString()
        .contains(LAST, "is passed over");
    assertThat(call.out()).contains("Resuming after round 2 of 3");
    assertThat(checkpoint(run, LAST)).hasBinaryContent(expected);
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
        .filteredOn(line -> line.contains("\"type\":\"step\""))
        .hasSize(6);
  }

  @Test
  void checkpoints_that_a_crash_has_left_empty_or_unchecked_are_each_passed_over_in_one_line()
      throws IOException {
    Path run = copyOfFinished("crashed");
    byte[] expected = Files.readAllBytes(checkpoint(run, LAST));
    try (RandomAccessFile last = new RandomAccessFile(checkpoint(run, LAST).toFile(), "rw")) {
      last.setLength(0);
    }
    Files.write(checkpoint(run, "round-00000002.safetensors.sha256"), new byte[0]);
    CommandCall call =
        CommandCall.of(List.of("pretrain", "--resume", "--set", "output.dir=" + run));
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.err().lines().filter(line -> line.startsWith("armature: ")))
        .satisfiesExactly(
            line -> assertThat(line).contains(LAST, "is passed over", "not whole"),
            line -> assertThat(line).contains("round-00000002", "is passed over", "not whole"));
    assertThat(call.out()).contains("Resuming after round 1 of 3");
    assertThat(checkpoint(run, LAST)).hasBinaryContent(expected);
  }

  @Test
  void checkpoints_that_are_all_cut_short_fail_the_run_rather_than_begin_it_anew()
      throws IOException {
    Path run = copyOfFinished("all-cut-short");
    for (int rounds = 1; rounds <= 3; rounds++) {
      cutShort(checkpoint(run, "round-%08d.safetensors".formatted(rounds)));
    }
    CommandCall call =
        CommandCall.of(List.of("pretrain", "--resume", "--set", "output.dir=" + run));
    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.err()).contains("none of the 3 checkpoints", run.toString());
    assertIsMessage(call.err());
  }

  @Test
  void a_finished_run_that_is_resumed_stays_as_it_is() throws IOException {
    Path run = copyOfFinished("resumed-when-finished");
    CommandCall call = CommandCall.of(pretrain(run, "--resume"));
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(content(run.resolve("checkpoints")))
        .isEqualTo(content(finished.resolve("checkpoints")));
  }

  @Test
  void an_evaluation_of_a_folder_without_a_run_is_refused() {
    assertRefused(evaluate(folder, data), folder.toString(), "run.conf");
    assertRefused(evaluate(folder.resolve("nowhere"), data), "nowhere", "run.conf");
  }

  @Test
  void an_evaluation_of_a_run_without_a_checkpoint_is_refused() throws IOException {
    Path run = Files.createDirectories(folder.resolve("no-checkpoint"));
    Files.copy(finished.resolve("run.conf"), run.resolve("run.conf"));
    assertRefused(evaluate(run, data), run.toString(), "no checkpoint");
  }

  @Test
  void an_evaluation_on_what_was_not_prepared_is_refused() {
    assertRefused(evaluate(finished, folder), folder.toString(), "prepare");
  }

  @Test
  void an_evaluation_on_data_of_another_layout_finds_its_joints_by_name() throws Exception {
    Path other = preparedAs("renamed", kinect().replaceFirst("name = kinect-v2", "name = other"));
    Path run = copyOfFinished("evaluated-elsewhere");

    CommandCall call = CommandCall.of(evaluate(run, other, "--protocol", "knn,retrieval"));

    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out()).contains("The data is shown as other as kinect-v2");
    // What the run is measured by on its own data stands in evaluation.json.
    assertThat(run.resolve("evaluation.json")).doesNotExist();
    assertThat(run.resolve("evaluation-npy-xsub.json"))
        .content()
        .contains("\"data.shown\" : \"other as kinect-v2", "knn.three-stream.top1")
        .contains("retrieval.three-stream.mean-average-precision");
    assertThat(run.resolve("evaluation-classes-npy-xsub.json"))
        .content()
        .contains("knn.three-stream");
  }

  @Test
  void an_evaluation_on_data_without_the_joints_of_the_encoders_is_refused() throws Exception {
    Path other =
        preparedAs(
            "throats",
            kinect().replaceFirst("name = kinect-v2", "name = other").replace("neck", "throat"));
    assertRefused(
        evaluate(finished, other),
        other.toString(),
        finished.toString(),
        "layout 'other' has no joint for [neck]");
  }

  private static Path preparedAs(String name, String layout) throws Exception {
    Path file = folder.resolve(name + ".conf");
    Files.writeString(file, layout);
    Path other = folder.resolve(name);
    CommandCall prepared =
        CommandCall.of(
            List.of(
                "prepare",
                "--dataset",
                "npy",
                "--source",
                numpyFiles().toString(),
                "--layout",
                file.toString(),
                "--protocol",
                "xsub",
                "--out",
                other.toString()));
    assertThat(prepared.exitCode()).as(prepared.err()).isZero();
    return other;
  }

  private static String kinect() throws IOException {
    try (InputStream in =
        CommandLineIntegrationTest.class.getResourceAsStream("/layouts/kinect-v2.conf")) {
      return new String(
          Objects.requireNonNull(in, "kinect-v2.conf").readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Path numpyFiles() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(CommandLineIntegrationTest.class.getResource("/numpy/good"))
            .toURI());
  }

  @Test
  void an_evaluation_writes_every_number_beside_that_of_random_weights() throws IOException {
    Path run = copyOfFinished("evaluated");
    CommandCall call = CommandCall.of(evaluate(run, data, "--set", "evaluate.linear-epochs=2"));
    assertThat(call.exitCode()).as(call.err()).isZero();
    JsonNode evaluation = new ObjectMapper().readTree(run.resolve("evaluation.json").toFile());
    for (String protocol : List.of("knn", "linear")) {
      for (String stream : List.of("joint", "motion", "bone", "three-stream")) {
        for (String weights : List.of("", "random-weights.")) {
          String key = weights + protocol + "." + stream + ".top1";
          assertThat(evaluation.path(key).isNumber()).as(key).isTrue();
          assertThat(evaluation.path(key).doubleValue()).as(key).isBetween(0.0, 100.0);
        }
      }
    }
    assertThat(evaluation.elements())
        .toIterable()
        .as("a flat object")
        .allMatch(JsonNode::isValueNode);
    assertThat(call.out()).contains("three-stream", evaluation.path("knn.joint.top1").asText());

    CommandCall another =
        CommandCall.of(
            evaluate(
                run,
                data,
                "--protocol",
                "one-shot",
                "--set",
                "evaluate.linear-epochs=2",
                "--set",
                "evaluate.fine-tune.random-weights=false"));
    assertThat(another.exitCode()).as(another.err()).isZero();
    JsonNode both = new ObjectMapper().readTree(run.resolve("evaluation.json").toFile());
    assertThat(both.has("one-shot.three-stream.top1")).isTrue();
    assertThat(both.path("linear.joint.top1"))
        .as("what was measured before stays")
        .isEqualTo(evaluation.path("linear.joint.top1"));
    assertThat(run.resolve("evaluation-classes.json"))
        .content()
        .contains("\"linear.joint\"", "\"one-shot.joint\"");
    assertThat(run.resolve("evaluation-map.json")).isNotEmptyFile();
    assertThat(run.resolve("report.html"))
        .content()
        .contains("linear.three-stream", "id=\"worst\"", "data-chart=\"map\"");
  }

  @Test
  void an_evaluation_passes_over_a_checkpoint_cut_short() throws IOException {
    Path run = copyOfFinished("evaluated-cut-short");
    cutShort(checkpoint(run, LAST));
    CommandCall call = CommandCall.of(evaluate(run, data, "--protocol", "knn"));
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.err().lines().filter(line -> line.startsWith("armature: ")))
        .singleElement()
        .asString()
        .contains(LAST, "is passed over");
    assertThat(call.out()).contains("after 2 rounds");
  }

  @Test
  void a_run_that_diverges_fails_with_advice() {
    CommandCall call =
        CommandCall.of(pretrain(folder.resolve("diverging"), "train.learning-rate=1e30"));
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.err())
        .contains("diverged", "lower train.learning-rate")
        .doesNotContain("\tat ");
  }

  @Test
  void a_data_set_that_cannot_be_read_fails_the_run_with_the_name_of_the_file() throws IOException {
    Path damaged = folder.resolve("damaged-data");
    FileUtils.copyDirectory(data.toFile(), damaged.toFile());
    try (Stream<Path> files = Files.walk(damaged.resolve("sequences"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".parquet")).toList()) {
        Files.writeString(file, "This is no Parquet.");
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
      }
    }
    CommandCall call =
        CommandCall.of(pretrain(folder.resolve("of-damaged"), "data.path=" + damaged));
    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.err()).contains(".parquet", "--verbose").doesNotContain("\tat ");
  }

  @Test
  void help_names_every_command() {
    CommandCall help = CommandCall.of(List.of("--help"));
    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("prepare", "pretrain", "evaluate", "bench");
    CommandCall nothing = CommandCall.of(List.of());
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("pretrain");
  }
}
