package dev.armature.job;

import java.io.Closeable;
import org.apache.spark.SparkContext;
import org.slf4j.MDC;

/**
 * Run and round, for every line of a log: of the run's thread on the driver, of the tasks that it
 * has executors do (Spark hands local properties that begin with {@code mdc.} on to their threads),
 * and, where a process has one run, of all its threads until it ends: why a run failed is told when
 * it is over.
 */
final class LogContext implements Closeable {
  /** Names as they have to be for Spark. */
  private static final String RUN = "mdc.run";

  private static final String ROUND = "mdc.round";

  /** System properties, which a layout can look up in any thread. */
  private static final String PROCESS = "armature.";

  private final SparkContext spark;
  private final boolean ofProcess;

  /**
   * Names the one run of this process, before there is anything of it.
   *
   * @param run its name
   */
  static void nameProcess(String run) {
    System.setProperty(process(RUN), run);
    System.clearProperty(process(ROUND));
  }

  /**
   * Begins with the run alone.
   *
   * @param run its name
   * @param ofProcess whether it is the only run of this process
   */
  LogContext(SparkContext spark, String run, boolean ofProcess) {
    this.spark = spark;
    this.ofProcess = ofProcess;
    put(RUN, run);
  }

  /**
   * From now on it is this round.
   *
   * @param round 0-based
   */
  void round(int round) {
    put(ROUND, Integer.toString(round));
  }

  private void put(String key, String value) {
    MDC.put(key, value);
    spark.setLocalProperty(key, value);
    if (ofProcess) {
      System.setProperty(process(key), value);
    }
  }

  private static String process(String key) {
    return PROCESS + key.substring(key.indexOf('.') + 1);
  }

  @Override
  public void close() {
    for (String key : new String[] {RUN, ROUND}) {
      MDC.remove(key);
      spark.setLocalProperty(key, null);
    }
  }
}
