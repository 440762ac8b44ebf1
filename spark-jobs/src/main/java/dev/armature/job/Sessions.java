package dev.armature.job;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/** Spark sessions, with what Armature needs set where the user has not set it. */
final class Sessions {
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\*|\\d+)(?:,\\s*\\d+)?\\]");

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
          // A round is over when its last task is. To wait for the executor that holds a shard
          // would
          // leave one idle that has replaced another; the shard is fetched from a shuffle's files.
          "spark.locality.wait", "0s");

  /** JavaCPP's limit is the heap unless told; what a task takes, its encoders decide. */
  private static final String NATIVE_MEMORY =
      "-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0";

  private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";

  private Sessions() {}

  /**
   * Opens a session whose tasks have a number of cores each.
   *
   * @param cores of a task; 0 for {@code spark.task.cpus}, or on a local master an equal part of
   *     its cores for each worker
   * @throws UserMistakeException if no slot has so many cores
   */
  static SparkSession open(String command, int workers, int cores) {
    SparkConf conf = conf();
    DEFAULTS.forEach(conf::setIfMissing);
    conf.setIfMissing("spark.app.name", "armature " + command);
    int resolved = cores(conf, workers, cores);
    int local = localCores(conf.get("spark.master"));
    if (local > 0 && resolved > local) {
      throw new UserMistakeException(
          "a worker is to have %d cores, the master %s has %d: lower round.cores-per-worker or give more with --master"
              .formatted(resolved, conf.get("spark.master"), local));
    }
    conf.set("spark.task.cpus", Integer.toString(resolved));
    // Kryo cannot make serializers for records on JDK 17, whatever the cluster's defaults say.
    conf.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    // The user's options come last, and win.
    conf.set(EXECUTOR_OPTIONS, (NATIVE_MEMORY + " " + conf.get(EXECUTOR_OPTIONS, "")).strip());
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", Integer.toString(resolved));
    return SparkSession.builder().config(conf).getOrCreate();
  }

  private static SparkConf conf() {
    return new SparkConf().setIfMissing("spark.master", "local[*]");
  }

  /** The cores that a task of a session would have; parameters as for {@link #open}. */
  static int plannedCores(int workers, int cores) {
    return cores(conf(), workers, cores);
  }

  private static int cores(SparkConf conf, int workers, int cores) {
    if (cores > 0) {
      return cores;
    }
    if (conf.contains("spark.task.cpus")) {
      return conf.getInt("spark.task.cpus", 1);
    }
    return Math.max(1, localCores(conf.get("spark.master")) / workers);
  }

  /** Cores of a local master; 0 for a cluster. */
  private static int localCores(String master) {
    if (master.equals("local")) {
      return 1;
    }
    Matcher local = LOCAL.matcher(master);
    if (!local.matches()) {
      return 0;
    }
    return local.group(1).equals("*")
        ? Runtime.getRuntime().availableProcessors()
        : Integer.parseInt(local.group(1));
  }

  /** Hadoop's configuration before there is a session, {@code spark.hadoop.*} included. */
  static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /** Cores of a task in a session. */
  static int taskCores(SparkSession session) {
    return session.sparkContext().conf().getInt("spark.task.cpus", 1);
  }
}
