package dev.armature.job;

import dev.armature.job.preflight.Finding;
import dev.armature.job.preflight.SparkLayout;
import dev.armature.job.preflight.TaskSizeCheck;
import dev.armature.job.preflight.Verdict;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/** Spark sessions, with what Armature needs set where the user has not set it. */
final class Sessions {
  /**
   * Parameters are incompressible, and a round's averages come to the driver as large results on
   * purpose.
   */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "spark.driver.maxResultSize", "0",
          "spark.broadcast.compress", "false",
          "spark.shuffle.compress", "false",
          "spark.ui.enabled", "false",
          "spark.sql.session.timeZone", "UTC");

  /**
   * JavaCPP's limit is the heap unless told; what a task takes, its encoders decide. Broadcasts and
   * results are in arrays of 1, 4 and 8 MiB, each of which takes up to twice its size in the small
   * regions that G1 chooses for some gigabytes.
   */
  private static final String MEMORY =
      "-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -XX:G1HeapRegionSize=16m";

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
    return open(configuration(command, workers, cores));
  }

  /** The same, with what {@link #configuration} gave. */
  static SparkSession open(SparkConf conf) {
    Finding size = TaskSizeCheck.of(SparkLayout.of(conf));
    if (size.verdict() == Verdict.FAIL) {
      throw new UserMistakeException(size.remedy());
    }
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** What a session is opened with; parameters as for {@link #open(String, int, int)}. */
  static SparkConf configuration(String command, int workers, int cores) {
    SparkConf conf = conf();
    DEFAULTS.forEach(conf::setIfMissing);
    conf.setIfMissing("spark.app.name", "armature " + command);
    int resolved = cores(conf, workers, cores);
    conf.set("spark.task.cpus", Integer.toString(resolved));
    // Kryo cannot make serializers for records on JDK 17, whatever the cluster's defaults say.
    conf.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    // The user's options come last, and win.
    conf.set(EXECUTOR_OPTIONS, (MEMORY + " " + conf.get(EXECUTOR_OPTIONS, "")).strip());
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", Integer.toString(resolved));
    return conf;
  }

  private static SparkConf conf() {
    return new SparkConf().setIfMissing("spark.master", "local[*]");
  }

  /**
   * The cores that a task of a session would have; parameters as for {@link #open(String, int,
   * int)}.
   */
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
    return Math.max(1, SparkLayout.localCores(conf.get("spark.master")) / workers);
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
