package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.job.PrometheusRules.Sample;
import dev.armature.report.TensorFlowReader;
import dev.armature.report.live.AssignedGpu;
import dev.armature.report.live.RunFigures;
import dev.armature.round.RoundReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be watched of a run while it goes on, from outside. */
class LiveRunIntegrationTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> SPARK =
      Map.of(
          "spark.master", "local[2]",
          "spark.driver.host", "localhost",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.ui.enabled", "true",
          "spark.ui.port", "0");
  private static final int SCRAPED = 3;
  private static final Pattern METRIC = Pattern.compile("\\barmature_\\w+");
  private static final Pattern METRICS = Pattern.compile("__name__=~\"(armature_[^\"]+)\"");

  @TempDir private static Path folder;
  private static Path run;
  private static String scrape;

  @BeforeAll
  static void train_and_scrape() throws IOException {
    SPARK.forEach(System::setProperty);
    run = folder.resolve("run");
    Settings settings = SettingsFile.read(null, settings(run), Sessions.hadoop());
    int exitCode =
        Sessions.run(
            Sessions.configuration("pretrain", settings),
            session -> {
              PreparedRun prepared = PreparedRun.of(settings, 1, false, Sessions.hadoop());
              new TrainingRun(session, prepared, 1, line -> {})
                  .train(report -> scrape(session, report));
              return 0;
            });
    assertThat(exitCode).isZero();
  }

  @AfterAll
  static void forget_the_settings() {
    SPARK.keySet().forEach(System::clearProperty);
    System.clearProperty("armature.run");
    System.clearProperty("armature.round");
  }

  private static List<String> settings(Path output, String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "data.path=" + GeneratedData.path(),
                "output.dir=" + output,
                "encoder.hidden=4",
                "encoder.layers=1",
                "encoder.embedding=4",
                "augment.frames=16",
                "augment.minimum-crop=16",
                "distill.queue=32",
                "distill.neighbours=8",
                "train.batch=8",
                "train.max-steps=10",
                "round.local-steps=2",
                "checkpoint.every-rounds=1",
                "checkpoint.keep=20"));
    settings.addAll(List.of(more));
    return settings;
  }

  private static void scrape(SparkSession session, RoundReport report) {
    if (report.round().index() != SCRAPED) {
      return;
    }
    try {
      String application = session.sparkContext().applicationId();
      Map<String, Object> evaluation = new LinkedHashMap<>();
      evaluation.put("type", "evaluation");
      evaluation.put("round", SCRAPED);
      evaluation.put("knn.three-stream.top1", 61.5);
      RunFigures.of(application).orElseThrow().written(List.of(evaluation));
      AssignedGpu.show(application, "3", folder);
      String address = Sessions.figures(session).orElseThrow();
      // What executors send comes a moment later.
      Instant end = Instant.now().plus(Duration.ofMinutes(1));
      do {
        scrape = get(address);
      } while (!scrape.contains("executor_driver_steps_Value") && Instant.now().isBefore(end));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String get(String address) throws IOException {
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(address)).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static List<Sample> samples() throws IOException {
    return PrometheusRules.of("armature-local").samples(scrape);
  }

  private static double value(String name) throws IOException {
    List<Sample> found = samples().stream().filter(sample -> sample.name().equals(name)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0).value();
  }

  private static List<JsonNode> lines(Path of) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(of.resolve("metrics.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static JsonNode last(String type, Predicate<JsonNode> which) throws IOException {
    return lines(run).stream()
        .filter(line -> line.path("type").asText().equals(type))
        .filter(which)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void a_scrape_has_the_figures_of_the_round_that_was_done_last() throws IOException {
    JsonNode round = last("round", line -> line.path("round").asInt() == SCRAPED);
    JsonNode step = last("step", line -> line.path("round").asInt() == SCRAPED);
    for (String key :
        List.of(
            "round",
            "epoch",
            "workers",
            "sequences-per-second",
            "seconds",
            "seconds.driver.publish",
            "seconds.worker.backward",
            "queue.age-rounds",
            "queue.age-steps",
            "loss.rise",
            "driver.heap")) {
      assertThat(value("armature_" + key.replaceAll("[.-]", "_")))
          .as(key)
          .isEqualTo(round.path(key).doubleValue());
    }
    for (String key :
        List.of(
            "step",
            "loss.total",
            "loss.contrastive.joint",
            "loss.distillation.joint-motion",
            "learning-rate")) {
      assertThat(value("armature_" + key.replaceAll("[.-]", "_")))
          .as(key)
          .isEqualTo(step.path(key).doubleValue());
    }
    assertThat(value("armature_workers_missing")).isZero();
    assertThat(value("armature_checkpoint_round")).isEqualTo(SCRAPED);
    assertThat(value("armature_checkpoint_age")).isBetween(0.0, 120.0);
    assertThat(value("armature_time_round_Count")).isEqualTo(SCRAPED + 1);
    assertThat(value("armature_evaluation_knn_three_stream_top1")).isEqualTo(61.5);
  }

  @Test
  void what_executors_send_is_shown_by_executor() throws IOException {
    Map<String, Sample> steps =
        samples().stream()
            .filter(sample -> sample.name().equals("armature_executor_steps"))
            .collect(Collectors.toMap(sample -> sample.labels().get("executor"), sample -> sample));
    assertThat(steps).containsOnlyKeys("driver");
    assertThat(steps.get("driver").value()).isGreaterThanOrEqualTo(1);
    assertThat(value("armature_executor_memory_process")).isGreaterThan(1e6);
    Sample gpu =
        samples().stream()
            .filter(sample -> sample.name().equals("armature_executor_gpu_memory_used"))
            .findFirst()
            .orElseThrow();
    assertThat(gpu.labels()).isEqualTo(Map.of("executor", "3", "gpu", "5"));
    assertThat(gpu.value()).isEqualTo(1024.0 * (1 << 20));
  }

  @Test
  void all_jobs_make_the_same_names() throws IOException {
    int rules = PrometheusRules.of("armature-local").size();
    assertThat(rules).isGreaterThan(5);
    for (String job : List.of("armature-kubernetes", "armature-yarn")) {
      assertThat(PrometheusRules.of(job).size()).isEqualTo(rules);
      assertThat(PrometheusRules.of(job).samples(scrape)).isEqualTo(samples());
    }
  }

  @Test
  void dashboard_alerts_and_documentation_name_what_a_scrape_has() throws IOException {
    Set<String> names = samples().stream().map(Sample::name).collect(Collectors.toSet());
    JsonNode dashboard = JSON.readTree(PrometheusRules.text("grafana-dashboard.json"));
    List<String> texts = new ArrayList<>(dashboard.findValuesAsText("expr"));
    texts.addAll(dashboard.findValuesAsText("query"));
    List<String> alerts = PrometheusRules.yaml("alerts.yaml").findValuesAsText("expr");
    assertThat(alerts).hasSizeGreaterThan(5);
    texts.addAll(alerts);
    String page = Files.readString(Path.of("..", "docs", "operations.md"));
    texts.add(
        page.substring(page.indexOf("## Prometheus and Grafana"), page.indexOf("## Logs for")));
    Set<String> unknown = new TreeSet<>();
    for (String text : texts) {
      Matcher several = METRICS.matcher(text);
      while (several.find()) {
        if (names.stream().noneMatch(several.group(1).replace("\\\\", "\\")::equals)
            && names.stream().noneMatch(Pattern.compile(several.group(1)).asMatchPredicate())) {
          unknown.add(several.group(1));
        }
      }
      Matcher one = METRIC.matcher(several.reset().replaceAll(""));
      while (one.find()) {
        if (!names.contains(one.group())) {
          unknown.add(one.group());
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void every_alert_says_what_it_is_and_what_to_do_and_stands_in_the_documentation()
      throws IOException {
    String page = Files.readString(Path.of("..", "docs", "operations.md"));
    for (JsonNode rule : PrometheusRules.yaml("alerts.yaml").findValue("rules")) {
      assertThat(page).contains("`" + rule.path("alert").asText() + "`");
      assertThat(rule.path("labels").path("severity").asText()).isIn("page", "warn", "info");
      assertThat(rule.path("annotations").path("summary").asText()).isNotEmpty();
      assertThat(rule.path("annotations").path("action").asText()).isNotEmpty();
    }
  }

  /** Every number of every line, in the same order. */
  private static void assertSameFigures(Path of) throws IOException {
    List<TensorFlowReader.Event> events =
        TensorFlowReader.read(TensorFlowReader.fileOf(of)).stream()
            .filter(event -> event.kind().equals("SUMMARY"))
            .toList();
    List<JsonNode> lines = lines(of);
    assertThat(events).hasSameSizeAs(lines);
    long step = 0;
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = lines.get(i);
      step = line.path("step").asLong(step);
      String type = line.path("type").asText();
      Map<String, Float> expected = new TreeMap<>();
      line.fields()
          .forEachRemaining(
              field -> {
                String key = field.getKey();
                if (field.getValue().isNumber() && !Set.of("step", "round").contains(key)) {
                  String tag = key.contains(".") ? key.replaceFirst("\\.", "/") : type + "/" + key;
                  expected.put(tag, (float) field.getValue().doubleValue());
                }
              });
      assertThat(new TreeMap<>(events.get(i).scalars())).as(line.toString()).isEqualTo(expected);
      assertThat(events.get(i).step()).isEqualTo(step);
    }
  }

  @Test
  void tensorflow_reads_all_figures_also_of_a_run_that_goes_on() throws IOException {
    assertSameFigures(run);
    Path resumed = folder.resolve("resumed");
    org.apache.commons.io.FileUtils.copyDirectory(run.toFile(), resumed.toFile());
    try (Stream<Path> newest = Files.list(resumed.resolve("checkpoints"))) {
      for (Path file :
          newest.filter(file -> file.toString().matches(".*-0000000[45]\\..*")).toList()) {
        Files.delete(file);
      }
    }
    CommandCall call =
        CommandCall.succeeding(
            CommandCall.withSettings(List.of("pretrain", "--resume"), settings(resumed).stream()));
    assertThat(call.out()).contains("Resuming after round 3");
    assertThat(call.err()).contains("armature: figures for Prometheus: http://localhost:");
    assertSameFigures(resumed);
    assertThat(lines(resumed)).hasSameSizeAs(lines(run));
  }

  private static CommandCall diverging(Path output, String... settings) {
    CommandCall call =
        CommandCall.of(
            CommandCall.withSettings(List.of("pretrain"), settings(output, settings).stream()));
    requireDiverged(call);
    return call;
  }

  /** Calling again is no use, and no scheduler is to do so. */
  private static void requireDiverged(CommandCall call) {
    assertThat(call.exitCode()).as(call.err()).isEqualTo(2);
    assertThat(call.err()).contains("Training has diverged", "train.learning-rate");
  }

  @Test
  void a_run_that_is_finite_no_more_ends_with_term_round_and_the_checkpoint_from_before()
      throws IOException {
    Path output = folder.resolve("not-finite");
    CommandCall call =
        diverging(output, "train.max-steps=0", "train.schedule=[{epoch=2,factor=1e35}]");
    assertThat(call.err())
        .containsPattern(
            "In round \\d+, epoch 2, the loss of step \\d+ is not finite: .*total = NaN|After round \\d+, step \\d+, a parameter is not finite")
        .containsPattern(
            "The last good checkpoint is \\S+not-finite/checkpoints/round-\\d+\\.safetensors");
    RunFolder kept = new RunFolder(output.toString(), Sessions.hadoop());
    for (var block : kept.requireCheckpoint().state().model().query()) {
      for (float number : block.values()) {
        assertThat(Float.isFinite(number)).isTrue();
      }
    }
  }

  @Test
  void a_run_whose_loss_rises_too_far_ends_and_leaves_the_good_checkpoint_as_the_newest()
      throws IOException {
    Path output = folder.resolve("exploded");
    CommandCall call =
        diverging(
            output,
            "train.max-steps=0",
            "guard.factor=1.0001",
            "guard.window=1",
            "guard.patience=1");
    Matcher good =
        Pattern.compile("The last good checkpoint is (\\S+safetensors)").matcher(call.err());
    assertThat(good.find()).as(call.err()).isTrue();
    assertThat(call.err()).contains("The loss has exploded: ", "guard.factor = 1.0001 times");
    RunFolder kept = new RunFolder(output.toString(), Sessions.hadoop());
    int rounds = kept.requireCheckpoint().state().rounds();
    assertThat(kept.checkpoints().path(rounds)).hasToString(good.group(1));
    assertThat(last(output, "round").path("loss.rise").doubleValue()).isGreaterThan(1.0001);
    assertThat(last(output, "round").path("round").asDouble()).isCloseTo(rounds, within(0.0));
    assertThat(System.getProperty("armature.run"))
        .as("in the log, when it is told why")
        .isEqualTo("exploded");
    List<JsonNode> lines = lines(output);
    CommandCall again =
        CommandCall.of(List.of("pretrain", "--resume", "--set", "output.dir=" + output));
    requireDiverged(again);
    assertThat(diagnosis(again)).isEqualTo(diagnosis(call));
    assertThat(lines(output)).as("nothing was trained").isEqualTo(lines);
    assertThat(kept.requireCheckpoint().state().rounds()).isEqualTo(rounds);
  }

  private static String diagnosis(CommandCall call) {
    return call.err()
        .lines()
        .filter(line -> line.contains("Training has diverged"))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode last(Path of, String type) throws IOException {
    return lines(of).stream()
        .filter(line -> line.path("type").asText().equals(type))
        .reduce((first, second) -> second)
        .orElseThrow();
  }
}
