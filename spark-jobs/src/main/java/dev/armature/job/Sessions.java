package dev.armature.job;

import dev.armature.job.preflight.Finding;
import dev.armature.job.preflight.SparkLayout;
import dev.armature.job.preflight.TaskSizeCheck;
import dev.armature.job.preflight.Verdict;
import dev.armature.report.live.LivePlugin;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;

/** Spark sessions, with what Armature needs set where the user has not set it. */
final class Sessions {
  /** Where Spark's interface shows a driver's metrics to Prometheus. */
  private static final String PROMETHEUS = "/metrics/prometheus";

  private static final Map<String, String> DEFAULTS =
      Map.of(
          // Parameters are incompressible, and a round's averages are large results on purpose.
          "spark.driver.maxResultSize", "0",
          "spark.broadcast.compress", "false",
          "spark.shuffle.compress", "false",
          "spark.ui.enabled", "false",
          "spark.sql.session.timeZone", "UTC",
          // A run of a night loses executors, and nobody watches: twice Spark's four attempts at a
          // task, and at results that were lost with their executors.
          "spark.task.maxFailures", "8",
          "spark.stage.maxConsecutiveAttempts", "8",
          // Lost executors end the application when many are lost within an hour, not in a night.
          "spark.executor.failuresValidityInterval", "1h",
          // A round is over when its last task is. To wait for the executor that has a shard leaves
          // idle the one that has replaced another; the shard is fetched from a shuffle's files.
          "spark.locality.wait", "0s");

  /**
   * JavaCPP's limit is the heap unless told; what a task takes, its encoders decide. Broadcasts and
   * results are in arrays of 1, 4 and 8 MiB, each of which takes up to twice its size in the small
   * regions that G1 chooses for some gigabytes.
   */
  private static final String MEMORY =
      "-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -XX:G1HeapRegionSize=16m";

  /**
   * Where Spark's interface is on ({@code spark.ui.enabled}), Prometheus finds figures there. Names
   * that begin with the application's would be others every night.
   */
  private static final Map<String, String> METRICS =
      Map.of(
          "spark.metrics.namespace", "armature",
          "spark.metrics.conf.driver.sink.prometheusServlet.class",
              "org.apache.spark.metrics.sink.PrometheusServlet",
          "spark.metrics.conf.driver.sink.prometheusServlet.path", PROMETHEUS);

  private static final String PLUGINS = "spark.plugins";
  private static final String DYNAMIC = "spark.dynamicAllocation.enabled";
  private static final String EXECUTOR_CORES = "spark.executor.cores";
  private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";

  /** Executors of a cluster on which nobody has said how many: Spark's own number at least. */
  private static final int FEWEST_EXECUTORS = 2;

  private Sessions() {}

  /** What a command does in a session. */
  interface Work {
    /** Returns the command's exit code. */
    int in(SparkSession session) throws IOException;
  }

  /**
   * Works in a session whose tasks have a number of cores each, and closes it. The cluster is told
   * how it ended.
   *
   * @param cores of a task; 0 for {@code spark.task.cpus}, or without that for the cores of an
   *     executor, on a local master an equal part of its cores for each worker
   * @return the exit code of the work
   * @throws UserMistakeException if no slot has so many cores
   */
  static int run(String command, int workers, int cores, Work work) throws IOException {
    return run(configuration(command, workers, cores), work);
  }

  /** The same, with what {@link #configuration} gave. */
  static int run(SparkConf conf, Work work) throws IOException {
    SparkSession session = open(conf);
    int exitCode = CommandLine.ExitCode.SOFTWARE;
    try {
      exitCode = work.in(session);
      return exitCode;
    } finally {
      // Without the code YARN would note every end of a driver outside the cluster as a success.
      session.sparkContext().stop(exitCode);
    }
  }

  private static SparkSession open(SparkConf conf) {
    Finding size = TaskSizeCheck.of(SparkLayout.of(conf));
    if (size.verdict() == Verdict.FAIL) {
      throw new UserMistakeException(size.remedy());
    }
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** What a session is opened with; parameters as for {@link #run(String, int, int, Work)}. */
  static SparkConf configuration(String command, int workers, int cores) {
    SparkConf conf = conf();
    DEFAULTS.forEach(conf::setIfMissing);
    METRICS.forEach(conf::setIfMissing);
    conf.setIfMissing("spark.app.name", "armature " + command);
    int resolved = cores(conf, workers, cores);
    conf.set("spark.task.cpus", Integer.toString(resolved));
    // Kryo cannot make serializers for records on JDK 17, whatever the cluster's defaults say.
    conf.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    // The user's options come last, and win.
    conf.set(EXECUTOR_OPTIONS, (MEMORY + " " + conf.get(EXECUTOR_OPTIONS, "")).strip());
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", Integer.toString(resolved));
    if (sizedByApplication(conf)) {
      int slots = Math.max(1, conf.getInt(EXECUTOR_CORES, 1) / resolved);
      conf.setIfMissing(
          "spark.executor.instances",
          Integer.toString(Math.max(FEWEST_EXECUTORS, (workers + slots - 1) / slots)));
    }
    return conf;
  }

  /**
   * What a run's session is opened with. Executors that come and go with the work would never come
   * back for workers whose number follows the executors: these are asked for all the time.
   */
  static SparkConf configuration(String command, Settings settings) {
    int workers = settings.round().workers();
    SparkConf conf = configuration(command, workers, settings.round().coresPerWorker());
    String plugin = LivePlugin.class.getName();
    String plugins = conf.get(PLUGINS, "");
    conf.set(PLUGINS, plugins.isBlank() ? plugin : plugins + "," + plugin);
    boolean follows = settings.workforce().least() < workers && conf.getBoolean(DYNAMIC, false);
    // Executors of a standalone master have as many cores as their machines unless told.
    if (follows && (askedFor(conf) || conf.contains(EXECUTOR_CORES))) {
      int slots = Math.max(1, conf.getInt(EXECUTOR_CORES, 1) / conf.getInt("spark.task.cpus", 1));
      int wanted = (workers + slots - 1) / slots;
      int most = conf.getInt("spark.dynamicAllocation.maxExecutors", Integer.MAX_VALUE);
      conf.setIfMissing(
          "spark.dynamicAllocation.minExecutors", Integer.toString(Math.min(wanted, most)));
    }
    return conf;
  }

  /**
   * Whether an application has the number of executors that it asks for, and asks for it itself.
   */
  private static boolean sizedByApplication(SparkConf conf) {
    return askedFor(conf) && !conf.getBoolean(DYNAMIC, false);
  }

  private static boolean askedFor(SparkConf conf) {
    String master = conf.get("spark.master");
    return master.equals("yarn") || master.startsWith("k8s://");
  }

  private static SparkConf conf() {
    return new SparkConf().setIfMissing("spark.master", "local[*]");
  }

  /**
   * The cores that a task of a session would have; parameters as for {@link #run(String, int, int,
   * Work)}.
   */
  static int plannedCores(int workers, int cores) {
    return cores(conf(), workers, cores);
  }

  /**
   * The cores of a task of work that falls apart into as many tasks as one likes: one, unless
   * {@code spark.task.cpus} says otherwise.
   */
  static int coresOfSmallTasks() {
    return conf().getInt("spark.task.cpus", 1);
  }

  private static int cores(SparkConf conf, int workers, int cores) {
    if (cores > 0) {
      return cores;
    }
    if (conf.contains("spark.task.cpus")) {
      return conf.getInt("spark.task.cpus", 1);
    }
    int local = SparkLayout.localCores(conf.get("spark.master"));
    return local > 0 ? Math.max(1, local / workers) : conf.getInt(EXECUTOR_CORES, 1);
  }

  /**
   * The application that this process is the driver of, as its cluster names it before there is a
   * session; empty where the cluster never starts a driver again.
   */
  static String application(SparkConf conf) {
    return conf.get("spark.yarn.app.id", conf.get("spark.app.id", ""));
  }

  /** Hadoop's configuration before there is a session, {@code spark.hadoop.*} included. */
  static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /** Where Prometheus finds a session's figures; empty where Spark's interface is off. */
  static Optional<String> figures(SparkSession session) {
    return Optional.ofNullable(session.sparkContext().uiWebUrl().getOrElse(() -> null))
        .map(address -> address + PROMETHEUS + "/");
  }

  /** Cores of a task in a session. */
  static int taskCores(SparkSession session) {
    return session.sparkContext().conf().getInt("spark.task.cpus", 1);
  }
}
