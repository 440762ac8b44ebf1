package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.deploy.Manifests;
import dev.armature.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a call is told before a cluster is asked for anything: that its sizes are too small, and
 * that those of every example we ship are not.
 */
class SubmissionCheckTest {
  private static final String MAIN = "dev.armature.job.Main";

  @TempDir private static Path folder;
  private static Path data;
  private final Map<String, String> set = new HashMap<>();

  @BeforeAll
  static void write_the_manifest() throws IOException {
    data = PublishedData.write(folder.resolve("data"));
  }

  @AfterEach
  void forget_properties() {
    set.keySet().forEach(System::clearProperty);
  }

  /** What the call is told; empty if nothing stands in its way. */
  private String told(List<String> sparkOptions, List<String> command) {
    List<String> arguments = new ArrayList<>(sparkOptions);
    arguments.addAll(List.of("--class", MAIN, "application.jar"));
    arguments.addAll(command);
    SubmitCall call = SubmitCall.parse(arguments, Map.of("HADOOP_CONF_DIR", folder.toString()));
    Properties system = System.getProperties();
    call.properties().forEach((key, value) -> set.put(key, (String) system.put(key, value)));
    set.put("spark.master", (String) system.put("spark.master", call.master()));
    CommandCall checked =
        CommandCall.capturing(() -> Main.check(Sessions.hadoop(), call.command(), true).orElse(0));
    assertThat(checked.exitCode() == 0).as(checked.err()).isEqualTo(checked.err().isEmpty());
    assertThat(checked.exitCode()).isIn(0, 2);
    return checked.err();
  }

  /** The published recipe on its data, in cluster mode. */
  private static List<String> pretrain(String... settings) {
    return CommandCall.withSettings(
        List.of("pretrain", "--conf", Repository.path("conf/ntu60-xsub.conf").toString()),
        Stream.concat(
            Stream.of("data.path=" + data, "output.dir=" + folder.resolve("run")),
            Stream.of(settings)));
  }

  private static List<String> yarn(String... options) {
    return Stream.concat(
            Stream.of(
                "--master",
                "yarn",
                "--deploy-mode",
                "cluster",
                "--properties-file",
                Repository.path("conf/spark-yarn.conf").toString()),
            Stream.of(options))
        .toList();
  }

  @Test
  void sizes_that_are_too_small_are_named_with_those_that_would_do() {
    String told =
        told(
            yarn(
                "--driver-memory",
                "2g",
                "--executor-memory",
                "4g",
                "--conf",
                "spark.driver.memoryOverhead=100m",
                "--conf",
                "spark.executor.memoryOverhead=2g"),
            pretrain("round.workers=8"));
    assertThat(told)
        .contains("4 things stand in the way", "--driver-memory ", "driver beside heap")
        .contains("set spark.executor.memory=", "set spark.executor.memoryOverhead=");
    CommandCall.assertIsMessage(told);
  }

  @Test
  void everything_that_settings_and_data_tell_is_named_at_once() {
    assertThat(
            told(
                yarn(
                    "--executor-cores",
                    "2",
                    "--conf",
                    "spark.executor.resource.gpu.amount=1",
                    "--conf",
                    "spark.task.cpus=4"),
                pretrain("round.workers=8", "train.batch=5100")))
        .contains("spark.executor.cores", "gpu.amount", "train.batch = 5100");
  }

  @Test
  void what_is_not_there_or_in_the_way_is_named() {
    assertThat(told(yarn(), pretrain("data.path=" + folder.resolve("nothing"))))
        .contains("nothing is not a prepared data set");
    assertThat(told(yarn(), pretrain("output.dir=" + data))).contains("is not empty");
  }

  @Test
  void a_pod_s_settings_are_looked_at_where_its_data_cannot_be() {
    set.put("spark.master", System.setProperty("spark.master", "k8s://https://host:6443"));
    set.put("spark.task.cpus", System.setProperty("spark.task.cpus", "2"));
    CommandCall checked =
        CommandCall.capturing(
            () ->
                Main.check(Sessions.hadoop(), pretrain("data.path=s3a://away/data"), false)
                    .orElse(0));
    assertThat(checked.exitCode()).isEqualTo(2);
    assertThat(checked.err()).contains("spark.task.cpus", "spark.executor.cores=2");
  }

  /**
   * An example of how to start a run.
   *
   * @param sparkOptions with the settings that the script, or the operator, gives to Spark
   */
  private record Example(String where, List<String> sparkOptions, List<String> command) {
    @Override
    public String toString() {
      return where;
    }
  }

  static Stream<Example> examples() {
    return Stream.of(
        ofScript("yarn", "yarn"),
        ofScript("standalone", "spark://host:7077"),
        ofScript("kubernetes", "k8s://https://host:6443"),
        ofNight(),
        // That the operator's manifests ask for the same has a test of its own.
        ofManifest("nightly/nightly.yaml", "/spec/template/arguments"),
        ofManifest("once.yaml", "/spec/arguments"));
  }

  /** The call in the head of a submit script. */
  private static Example ofScript(String target, String master) {
    String script = "deploy/" + target + "/submit";
    Matcher call =
        Pattern.compile("(?m)^#.*" + script + " (.*\\bpretrain .*)$")
            .matcher(Repository.read(script).replaceAll("\\\\\n#\\s*", ""));
    assertThat(call.find()).as("an example in %s", script).isTrue();
    List<String> words = List.of(call.group(1).split("\\s+"));
    int command = words.indexOf("pretrain");
    List<String> options = new ArrayList<>(words.subList(0, command));
    int cluster = options.indexOf("--properties-file");
    if (cluster >= 0) {
      // The address and the secret of a cluster.
      options.subList(cluster, cluster + 2).clear();
    }
    return new Example(
        script,
        Stream.concat(ofTarget(target, master), options.stream()).toList(),
        words.subList(command, words.size()));
  }

  /**
   * As if for a driver in the cluster: one that runs here would be asked for more than settings.
   */
  private static Stream<String> ofTarget(String target, String master) {
    return Stream.of(
        "--master",
        master,
        "--deploy-mode",
        "cluster",
        "--properties-file",
        Repository.path("conf/spark-" + target + ".conf").toString());
  }

  private static Example ofNight() {
    String script = Repository.read("deploy/yarn/nightly/run");
    assertThat(script).contains("pretrain --resume --conf \"$ARMATURE_RECIPE\"");
    Matcher recipe =
        Pattern.compile("(?m)^ARMATURE_RECIPE=/etc/armature/(\\S+)$")
            .matcher(Repository.read("deploy/yarn/nightly/nightly.env"));
    assertThat(recipe.find()).isTrue();
    return new Example(
        "deploy/yarn/nightly",
        ofTarget("yarn", "yarn").toList(),
        List.of("pretrain", "--resume", "--conf", "deploy/yarn/nightly/" + recipe.group(1)));
  }

  private static Example ofManifest(String file, String arguments) {
    List<String> command = new ArrayList<>();
    Manifests.document("deploy/kubernetes/" + file)
        .at(arguments)
        .forEach(word -> command.add(word.asText()));
    assertThat(command).isNotEmpty();
    return new Example(
        "deploy/kubernetes/" + file,
        ofTarget("kubernetes", "k8s://https://host:6443").toList(),
        command);
  }

  /** With the recipe as it lies in this repository, and paths of this test. */
  private static List<String> here(List<String> command) throws IOException {
    List<String> words = new ArrayList<>(command);
    int recipe = words.indexOf("--conf") + 1;
    String place =
        words
            .get(recipe)
            .replace("/etc/armature/recipe/", "deploy/kubernetes/nightly/")
            .replace("/opt/armature/", "");
    Path copy = Files.createTempFile(folder, "recipe", ".conf");
    Files.writeString(
        copy,
        Repository.read(place)
            .replace("file(\"/opt/armature/", "file(\"" + Repository.path("") + "/"));
    words.set(recipe, copy.toString());
    return CommandCall.withSettings(
        words, Stream.of("data.path=" + data, "output.dir=" + folder.resolve("run")));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void the_sizes_of_every_example_are_large_enough_for_its_recipe(Example example)
      throws IOException {
    List<String> command = here(example.command());
    assertThat(told(example.sparkOptions(), command)).isEmpty();
    List<String> smaller = new ArrayList<>(example.sparkOptions());
    smaller.addAll(List.of("--executor-memory", "4g"));
    // The same call is looked at closely enough to be refused with less.
    assertThat(told(smaller, command)).contains("executor heap: found 4.0 GB");
  }
}
