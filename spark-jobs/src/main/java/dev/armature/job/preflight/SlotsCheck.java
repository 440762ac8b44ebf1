package dev.armature.job.preflight;

/**
 * How many workers can train at once. Rounds need no barrier: with fewer slots than workers these
 * train in waves, and come to the same numbers, or there are fewer of them where the user lets
 * their number change; so that is never more than a warning. Without any slot Spark would wait
 * forever.
 */
final class SlotsCheck {
  private static final String CHECK = "slots";

  private SlotsCheck() {}

  /**
   * Compares.
   *
   * @param least workers there may be
   * @param patience seconds that were waited at most
   */
  static Finding of(SparkLayout layout, ExecutorCount count, int workers, int least, int patience) {
    String needed = "%d, one a worker".formatted(workers);
    if (count.executors() == 0) {
      return Finding.fail(
          CHECK,
          "none",
          needed,
          "no executor came in %d s from %s: ask the cluster manager why (its queue, its free memory and cores), lower spark.executor.memory or spark.executor.cores, or raise round.wait-seconds"
              .formatted(patience, layout.master()));
    }
    if (count.slots() == 0) {
      Finding size = TaskSizeCheck.of(layout, count.largest());
      return size.verdict() == Verdict.FAIL
          ? size
          : Finding.fail(
              CHECK,
              "none on %d executors".formatted(count.executors()),
              needed,
              "no executor can run a task: compare what a task asks for (spark.task.cpus, spark.task.resource.*) with what executors have (spark.executor.cores, spark.executor.resource.*)");
    }
    String found =
        "%d on %d executor%s"
            .formatted(count.slots(), count.executors(), count.executors() == 1 ? "" : "s");
    if (count.slots() >= workers || layout.dynamic()) {
      return Finding.ok(CHECK, found, needed);
    }
    if (least < workers) {
      return Finding.warning(
          CHECK,
          found,
          needed,
          "%d workers will train instead, with other numbers (round.least-workers = %d); for all of them raise spark.executor.instances or spark.executor.cores"
              .formatted(Math.max(least, count.slots()), least));
    }
    return Finding.warning(
        CHECK,
        found,
        needed,
        "the workers of a round take %d turns; for one turn raise spark.executor.instances or spark.executor.cores, or lower round.workers"
            .formatted((workers + count.slots() - 1) / count.slots()));
  }
}
