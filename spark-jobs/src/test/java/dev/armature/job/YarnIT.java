package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shaded jar on YARN, with data and checkpoints on HDFS, submitted by the script that users
 * have.
 */
class YarnIT {
  private static final long PATIENCE_SECONDS = 240;

  @TempDir private static Path folder;
  private static HadoopCluster cluster;
  private static Path recipe;
  private static String data;
  private static byte[] expected;

  @BeforeAll
  static void prepare_data_on_hdfs_and_train_without_the_cluster() throws Exception {
    Path jar = ShadedJar.require(folder);
    cluster = HadoopCluster.start(folder);
    recipe = Files.writeString(folder.resolve("small.conf"), SmallTraining.RECIPE);
    Files.writeString(folder.resolve("sizes.conf"), SmallTraining.SIZES);
    data = cluster.uri("/data");
    Submission prepared = submit("client", CommandCall.prepareGenerated("/data"));
    assertThat(prepared.exitCode()).as(prepared.output()).isZero();
    assertThat(prepared.output()).contains("Prepared synthetic");
    assertThat(prepared.application().getFinalApplicationStatus())
        .isEqualTo(FinalApplicationStatus.SUCCEEDED);
    expected = SmallTraining.locally(folder, jar, recipe, data);
  }

  @AfterAll
  static void stop_the_cluster() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  /**
   * A call of the script, and the application that came of it.
   *
   * @param application null if none was started
   */
  private record Submission(int exitCode, String output, ApplicationReport application) {}

  private static Submission submit(String mode, List<String> command, String... options)
      throws IOException, InterruptedException, YarnException {
    Set<String> before = ids(cluster.applications());
    try (CommandProcess process = start(mode, command, options)) {
      int exitCode = process.exitCode();
      return new Submission(exitCode, process.output(), ended(before));
    }
  }

  /** The application that a call has started, once YARN has noted how it ended; null if none. */
  private static ApplicationReport ended(Set<String> before)
      throws IOException, InterruptedException, YarnException {
    Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
    ApplicationReport application = newest(before);
    // A driver outside the cluster is gone a moment before.
    while (application != null
        && application.getFinalApplicationStatus() == FinalApplicationStatus.UNDEFINED
        && Instant.now().isBefore(deadline)) {
      TimeUnit.MILLISECONDS.sleep(100);
      application = newest(before);
    }
    return application;
  }

  private static CommandProcess start(String mode, List<String> command, String... options)
      throws IOException {
    String java = System.getProperty("java.home");
    List<String> spark =
        List.of(
            "--deploy-mode",
            mode,
            "--driver-memory",
            "1g",
            "--executor-memory",
            "512m",
            "--executor-cores",
            "1",
            "--conf",
            "spark.driver.memoryOverhead=512m",
            "--conf",
            "spark.executor.memoryOverhead=512m",
            "--conf",
            "spark.yarn.jars=local:" + Path.of("target", "spark", "jars").toAbsolutePath() + "/*",
            "--conf",
            "spark.driver.defaultJavaOptions=" + BriefJvm.line(),
            "--conf",
            "spark.yarn.am.extraJavaOptions=" + BriefJvm.line(),
            "--conf",
            "spark.executor.defaultJavaOptions=" + BriefJvm.line(),
            "--conf",
            "spark.yarn.report.interval=200ms",
            "--conf",
            "spark.yarn.scheduler.heartbeat.interval-ms=500",
            "--conf",
            "spark.yarn.appMasterEnv.JAVA_HOME=" + java,
            "--conf",
            "spark.executorEnv.JAVA_HOME=" + java);
    return CommandProcess.script(
        folder,
        cluster.environment(),
        "yarn/submit",
        Stream.of(spark.stream(), Stream.of(options), command.stream())
            .flatMap(part -> part)
            .toList());
  }

  private static Set<String> ids(List<ApplicationReport> applications) {
    return applications.stream()
        .map(report -> report.getApplicationId().toString())
        .collect(Collectors.toSet());
  }

  /** The application that was not there before; null if there is none, and never more than one. */
  private static ApplicationReport newest(Set<String> before) throws IOException, YarnException {
    List<ApplicationReport> since =
        cluster.applications().stream()
            .filter(report -> !before.contains(report.getApplicationId().toString()))
            .toList();
    assertThat(since).hasSizeLessThan(2);
    return since.isEmpty() ? null : since.get(0);
  }

  private static byte[] checkpoint(String run) throws IOException {
    try (InputStream in = cluster.files().open(path(run + "/" + SmallTraining.LAST))) {
      return in.readAllBytes();
    }
  }

  private static org.apache.hadoop.fs.Path path(String path) {
    return new org.apache.hadoop.fs.Path(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "client"})
  void training_succeeds_and_ends_in_the_checkpoint_of_a_local_run(String mode) throws Exception {
    String run = "/runs/" + mode;
    Submission submission = submit(mode, SmallTraining.pretrain(recipe, data, run));
    assertThat(submission.exitCode()).as(submission.output()).isZero();
    ApplicationReport application = submission.application();
    assertThat(application.getYarnApplicationState()).isEqualTo(YarnApplicationState.FINISHED);
    assertThat(application.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.SUCCEEDED);
    assertThat(checkpoint(run)).isEqualTo(expected);
    String id = application.getApplicationId().toString();
    if (mode.equals("cluster")) {
      assertThat(submission.output())
          .contains(id + " ended SUCCEEDED", "yarn logs -applicationId " + id);
      assertThat(cluster.logs(id)).contains("Pre-trained 60 steps");
    } else {
      assertThat(submission.output()).contains("Pre-trained 60 steps");
    }
  }

  @Test
  void a_driver_that_is_killed_is_started_again_and_ends_in_the_same_checkpoint() throws Exception {
    String run = "/runs/killed";
    Set<String> before = ids(cluster.applications());
    try (CommandProcess process = start("cluster", SmallTraining.pretrain(recipe, data, run))) {
      Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
      while (!cluster.files().exists(path(run + "/checkpoints/round-00000002.safetensors"))) {
        assertThat(process.isAlive()).as(process.output()).isTrue();
        assertThat(Instant.now()).isBefore(deadline);
        TimeUnit.MILLISECONDS.sleep(50);
      }
      String id = newest(before).getApplicationId().toString();
      List<ProcessHandle> driver = cluster.applicationMasters(id).toList();
      assertThat(driver).hasSize(1);
      driver.forEach(ProcessHandle::destroyForcibly);
      assertThat(process.exitCode()).as(process.output()).isZero();
      ApplicationReport application = newest(before);
      assertThat(application.getCurrentApplicationAttemptId().getAttemptId()).isEqualTo(2);
      assertThat(application.getFinalApplicationStatus())
          .isEqualTo(FinalApplicationStatus.SUCCEEDED);
      assertThat(cluster.logs(id)).contains("Resuming after round");
    }
    assertThat(checkpoint(run)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "client"})
  void a_bad_configuration_is_refused_before_an_application_is_started(String mode)
      throws Exception {
    Submission submission =
        submit(
            mode,
            CommandCall.withSettings(
                SmallTraining.pretrain(recipe, data, "/runs/bad"),
                Stream.of("train.batch=0", "distil.queue=5")));
    assertThat(submission.exitCode()).as(submission.output()).isEqualTo(2);
    CommandCall.assertIsMessage(submission.output());
    assertThat(submission.output()).contains("train.batch", "distil.queue");
    assertThat(submission.application()).isNull();
  }

  @Test
  void what_is_not_there_or_in_the_way_is_refused_before_an_application_is_started()
      throws Exception {
    Submission noData =
        submit("client", SmallTraining.pretrain(recipe, cluster.uri("/nothing"), "/runs/bad"));
    assertThat(noData.exitCode()).as(noData.output()).isEqualTo(2);
    assertThat(noData.output()).contains("/nothing is not a prepared data set");
    assertThat(noData.application()).isNull();
    Submission taken = submit("cluster", SmallTraining.pretrain(recipe, data, "/data"));
    assertThat(taken.exitCode()).as(taken.output()).isEqualTo(2);
    assertThat(taken.output()).contains("/data is not empty");
    assertThat(taken.application()).isNull();
  }

  @Test
  void what_only_the_driver_can_refuse_has_exit_code_2_and_is_not_tried_again() throws Exception {
    // Whether a checkpoint goes with the configuration is not looked at before there is a driver.
    FileUtil.copy(
        folder.resolve("local").toFile(),
        cluster.files(),
        path("/runs/other"),
        false,
        cluster.files().getConf());
    Submission submission =
        submit(
            "cluster",
            CommandCall.withSettings(
                SmallTraining.pretrain(recipe, data, "/runs/other"),
                Stream.of("--resume", "train.batch=16")));
    assertThat(submission.exitCode()).as(submission.output()).isEqualTo(2);
    ApplicationReport application = submission.application();
    assertThat(application.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.FAILED);
    assertThat(application.getCurrentApplicationAttemptId().getAttemptId()).isEqualTo(1);
    assertThat(application.getDiagnostics()).contains("has another configuration", "train.batch");
    assertThat(submission.output()).contains("train.batch", "ended FAILED with exit code 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "client"})
  void a_run_that_fails_has_exit_code_1_and_says_why(String mode) throws Exception {
    String broken = "/broken-" + mode;
    breakData(broken);
    Submission submission =
        submit(
            mode,
            SmallTraining.pretrain(recipe, cluster.uri(broken), "/runs/fails-" + mode),
            "--conf",
            "spark.yarn.maxAppAttempts=1",
            "--conf",
            "spark.task.maxFailures=1",
            // There is one node, and it is not to blame.
            "--conf",
            "spark.excludeOnFailure.enabled=false");
    assertThat(submission.exitCode()).as(submission.output()).isEqualTo(1);
    ApplicationReport application = submission.application();
    assertThat(application.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.FAILED);
    assertThat(submission.output()).contains("is not a Parquet file");
    if (mode.equals("cluster")) {
      assertThat(application.getDiagnostics()).contains("is not a Parquet file");
      assertThat(submission.output())
          .contains("yarn logs -applicationId " + application.getApplicationId());
    }
  }

  private static void breakData(String broken) throws IOException {
    FileUtil.copy(
        cluster.files(),
        path("/data"),
        cluster.files(),
        path(broken),
        false,
        cluster.files().getConf());
    for (FileStatus split : cluster.files().listStatus(path(broken + "/sequences"))) {
      breakFiles(split);
    }
  }

  private static void breakFiles(FileStatus status) throws IOException {
    if (status.isDirectory()) {
      for (FileStatus below : cluster.files().listStatus(status.getPath())) {
        breakFiles(below);
      }
    } else if (status.getPath().getName().endsWith(".parquet")) {
      try (OutputStream out = cluster.files().create(status.getPath(), true)) {
        out.write("these are no columns".repeat(20).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void without_the_cluster_s_configuration_nothing_is_submitted() throws Exception {
    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("HADOOP_CONF_DIR", folder.toString()))) {
      try (CommandProcess process =
          CommandProcess.script(folder, environment, "yarn/submit", List.of("pretrain"))) {
        assertThat(process.exitCode()).as(process.output()).isEqualTo(2);
        assertThat(process.output()).contains("HADOOP_CONF_DIR", "yarn-site.xml");
      }
    }
  }
}
