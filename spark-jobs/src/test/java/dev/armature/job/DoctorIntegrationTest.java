package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.job.preflight.RefusingFileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What doctor prints, and what pretrain refuses for the same reasons. */
class DoctorIntegrationTest {
  private static final Pattern ROW = Pattern.compile("(\\S.*?) {2,}(.*?) +(ok|warning|fail)");

  @TempDir private static Path folder;
  private static Path data;
  private final Map<String, String> properties = new HashMap<>();

  @BeforeAll
  static void prepare_data() {
    data = GeneratedData.path();
  }

  @AfterEach
  void forget_properties() {
    properties.keySet().forEach(System::clearProperty);
  }

  private void configure(String name, String value) {
    properties.put(name, value);
    System.setProperty(name, value);
  }

  private static List<String> command(String name, String... more) {
    Stream<String> small =
        Stream.of(
            "data.path=" + data,
            "output.dir=" + folder.resolve("run"),
            "encoder.hidden=8",
            "encoder.layers=1",
            "encoder.embedding=4",
            "augment.frames=16",
            "augment.minimum-crop=16",
            "distill.queue=32",
            "distill.neighbours=8",
            "train.batch=8",
            "train.max-steps=2",
            "round.wait-seconds=120");
    return CommandCall.withSettings(List.of(name), Stream.concat(small, Stream.of(more)));
  }

  /** Verdicts by check. */
  private static Map<String, String> table(String output) {
    Map<String, String> verdicts = new HashMap<>();
    output
        .lines()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .forEach(row -> verdicts.put(row.group(1), row.group(3)));
    return verdicts;
  }

  private static void assertFitsATerminal(String output) {
    assertThat(output.lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(100));
  }

  @Test
  void everything_that_is_looked_at_is_a_row_and_nothing_is_left_behind() {
    configure("spark.master", "local[2]");
    CommandCall call = CommandCall.of(command("doctor"));

    assertThat(call.exitCode()).as(call.out() + call.err()).isZero();
    assertThat(table(call.out()))
        .containsKeys(
            "cores of a worker",
            "GPUs",
            "data",
            "batches",
            "heap",
            "where it begins",
            "output folder",
            "room for checkpoints",
            "slots",
            "native libraries",
            "instruction sets")
        .allSatisfy((check, verdict) -> assertThat(verdict).isEqualTo("ok"));
    assertFitsATerminal(call.out());
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void fewer_slots_than_workers_are_a_warning_in_one_line_and_the_run_goes_on() {
    configure("spark.master", "local[1]");
    Path run = folder.resolve("turns");
    CommandCall call =
        CommandCall.of(
            command(
                "pretrain", "round.workers=3", "round.cores-per-worker=1", "output.dir=" + run));

    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.err().lines().filter(line -> line.contains("warning")))
        .singleElement()
        .asString()
        .contains("slots", "3 turns");
  }

  @Test
  void on_a_cluster_every_executor_answers() throws Exception {
    try (CommandProcess process =
        CommandProcess.start(
            folder,
            LocalCluster.of(2),
            command("doctor", "round.workers=2").toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(table(process.output()))
          .containsEntry("slots", "ok")
          .containsEntry("native libraries", "ok")
          .containsEntry("instruction sets", "ok")
          .containsEntry("executor heap", "ok");
      assertThat(process.output())
          .contains("2 on 2 executors", "loaded on 2 of 2 executors", "data on executors");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "pretrain"})
  void a_task_of_more_cores_than_an_executor_has_is_refused_instead_of_waiting_forever(
      String command) {
    configure("spark.master", "local-cluster[2,1,1024]");
    configure("spark.task.cpus", "2");
    CommandCall call = CommandCall.of(command(command));

    assertThat(call.exitCode()).as(call.out() + call.err()).isEqualTo(2);
    assertThat((call.out() + call.err()).replaceAll("\\s+", " "))
        .contains("spark.task.cpus", "spark.executor.cores=2");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  /** A session would ask for a cluster; the GPUs keep it from being opened. */
  @Test
  void the_memory_that_is_named_is_accepted() {
    configure("spark.master", "yarn");
    configure("spark.task.resource.gpu.amount", "1");
    configure("spark.executor.memory", "100m");
    configure("spark.executor.memoryOverhead", "100m");
    CommandCall call = CommandCall.of(command("doctor"));
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(table(call.out()))
        .containsEntry("executor heap", "fail")
        .containsEntry("executor beside heap", "fail")
        .containsEntry("GPUs", "fail");

    Matcher settings =
        Pattern.compile("set\\s+(spark\\.executor\\.memory(?:Overhead)?)=(\\w+)")
            .matcher(call.out());
    while (settings.find()) {
      configure(settings.group(1), settings.group(2));
    }

    assertThat(table(CommandCall.of(command("doctor")).out()))
        .containsEntry("executor heap", "ok")
        .containsEntry("executor beside heap", "ok");
  }

  @Test
  void everything_that_would_fail_is_named_at_once() throws Exception {
    configure("spark.master", "yarn");
    configure("spark.executor.resource.gpu.amount", "1");
    configure("spark.executor.memory", "100m");
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    CommandCall.assertRefused(
        command("pretrain", "output.dir=" + file, "train.batch=1000", "distill.queue=1000"),
        "gpu.amount",
        "spark.executor.memory=",
        "train.batch = 1000",
        file.toString());
    assertThat(file).hasContent("in the way");
  }

  @Test
  void evaluate_reserves_no_gpu_for_nothing_either() {
    configure("spark.master", "local[1]");
    Path run = folder.resolve("evaluated");
    assertThat(CommandCall.of(command("pretrain", "output.dir=" + run)).exitCode()).isZero();
    configure("spark.task.resource.gpu.amount", "1");
    CommandCall.assertRefused(
        List.of("evaluate", "--run", run.toString(), "--data", data.toString()), "gpu.amount");
  }

  @Test
  void a_run_that_is_there_can_be_asked_whether_it_would_go_on() {
    configure("spark.master", "local[1]");
    Path run = folder.resolve("finished");
    assertThat(CommandCall.of(command("pretrain", "output.dir=" + run)).exitCode()).isZero();

    CommandCall call = CommandCall.of(List.of("doctor", "--run", run.toString()));
    assertThat(call.exitCode()).as(call.out() + call.err()).isZero();
    assertThat(call.out()).contains("checkpoint after round 1");
    CommandCall anew = CommandCall.of(command("doctor", "output.dir=" + run));
    assertThat(anew.exitCode()).isEqualTo(2);
    assertThat(anew.out().replaceAll("\\s+", " ")).contains("another run");
  }

  @Test
  void a_read_only_file_system_is_found_out_by_writing() {
    configure("spark.master", "local[1]");
    configure("spark.hadoop.fs.readonly.impl", RefusingFileSystem.class.getName());
    configure("spark.hadoop.test.refuse", "mkdirs,create");
    Path run = folder.resolve("read-only");
    CommandCall.assertRefused(
        command("pretrain", "output.dir=readonly://" + run), "Read-only file system", "output.dir");
    assertThat(run).doesNotExist();
    assertThat(Arrays.asList(folder.toFile().list())).doesNotContain("read-only");
  }
}
