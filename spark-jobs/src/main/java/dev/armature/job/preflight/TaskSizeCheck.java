package dev.armature.job.preflight;

/**
 * Whether an executor has the cores that one task needs. Where it has not, Spark starts and waits
 * forever.
 */
public final class TaskSizeCheck {
  private static final String CHECK = "cores of a worker";

  private TaskSizeCheck() {}

  /** Compares what is configured. */
  public static Finding of(SparkLayout layout) {
    return layout.executorCores() == 0
        ? Finding.ok(CHECK, "%d; executors not known yet".formatted(layout.taskCores()), "")
        : of(layout, layout.executorCores());
  }

  /**
   * Compares a task with an executor.
   *
   * @param executorCores of the largest executor
   */
  static Finding of(SparkLayout layout, int executorCores) {
    int cores = layout.taskCores();
    if (cores <= executorCores) {
      return Finding.ok(
          CHECK, Integer.toString(cores), "at most %d, an executor's".formatted(executorCores));
    }
    String needed = "at most %d, an executor's".formatted(executorCores);
    if (layout.manager() == SparkLayout.Manager.LOCAL) {
      return Finding.fail(
          CHECK,
          Integer.toString(cores),
          needed,
          "a worker is to have %d cores, the master %s has %d: lower round.cores-per-worker or give more with --master"
              .formatted(cores, layout.master(), executorCores));
    }
    return Finding.fail(
        CHECK,
        Integer.toString(cores),
        needed,
        "a worker is to have %1$d cores (spark.task.cpus), an executor has %2$d, and no task would ever start: set spark.executor.cores=%1$d, or round.cores-per-worker=%2$d and no spark.task.cpus"
            .formatted(cores, executorCores));
  }
}
