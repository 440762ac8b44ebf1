package dev.armature.job.preflight;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.GpuPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** What can only be seen once there is a Spark session: slots, libraries, memory of the hosts. */
public final class ClusterCheck {
  private final SparkLayout layout;
  private final EncoderBackend backend;
  private final GpuPrecision precision;
  private final int workers;
  private final int least;
  private final int patience;
  private final Consumer<String> say;

  /**
   * @param backend that is to compute encoders
   * @param precision in which a device is to compute
   * @param workers that are to train side by side
   * @param least workers there may be
   * @param patience seconds to wait for executors
   * @param say is told, in a line, what is waited for
   */
  public ClusterCheck(
      SparkLayout layout,
      EncoderBackend backend,
      GpuPrecision precision,
      int workers,
      int least,
      int patience,
      Consumer<String> say) {
    this.layout = layout;
    this.backend = backend;
    this.precision = precision;
    this.workers = workers;
    this.least = least;
    this.patience = patience;
    this.say = say;
  }

  /** What memory is compared with, once the executors are known. */
  public interface Memory {
    /**
     * The check for executors as they are; of a local master's process, for its GPU.
     *
     * @param slots tasks that an executor can run at once
     * @param executors how many there are
     */
    ExecutorMemoryCheck of(int slots, int executors);
  }

  /**
   * Waits for executors and has them report.
   *
   * @param memory of executors
   * @param executorOptions of the executors' JVMs
   * @return empty findings of memory where {@code memory} is null
   */
  public List<Finding> findings(SparkContext spark, Memory memory, String executorOptions) {
    try {
      return look(spark, memory, executorOptions);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the wait for executors was interrupted", stopped);
    }
  }

  private List<Finding> look(SparkContext spark, Memory memory, String executorOptions)
      throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    long began = System.nanoTime();
    // Executors that come with the work come for the survey's tasks.
    ExecutorCount count =
        layout.dynamic()
            ? ExecutorCount.of(spark)
            : new ExecutorWait(() -> ExecutorCount.of(spark), System::nanoTime, say)
                .until(workers, layout.executors(), patience);
    if (!layout.dynamic()) {
      findings.add(SlotsCheck.of(layout, count, workers, least, patience));
      if (findings.get(0).verdict() == Verdict.FAIL) {
        return findings;
      }
    }
    long left = patience - TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    List<ProcessReport> reports;
    try {
      reports =
          ExecutorSurvey.reports(
              JavaSparkContext.fromSparkContext(spark),
              Math.max(count.slots(), workers),
              backend,
              precision,
              Math.max(left, 60));
    } catch (TimeoutException late) {
      findings.add(
          layout.dynamic()
              ? SlotsCheck.of(layout, ExecutorCount.of(spark), workers, least, patience)
              : unanswered("executors do not answer"));
      return findings;
    } catch (ExecutionException failed) {
      findings.add(
          unanswered(
              String.valueOf(failed.getCause().getMessage()).lines().findFirst().orElse("")));
      return findings;
    }
    if (layout.dynamic()) {
      count = ExecutorCount.of(spark);
      findings.add(SlotsCheck.of(layout, count, workers, least, patience));
    }
    findings.addAll(NativeLibrariesCheck.of(reports, count.executors()));
    if (layout.taskGpus() > 0) {
      findings.add(AcceleratorCheck.assigned(layout, reports));
    }
    findings.addAll(AcceleratorCheck.devices(reports));
    if (memory != null && count.executors() > 0) {
      int slots = Math.max(1, count.largest() / layout.taskCores());
      ExecutorMemoryCheck check = memory.of(slots, count.executors());
      if (!spark.isLocal()) {
        if (layout.executorCores() == 0) {
          findings.addAll(check.configured(executorOptions));
        }
        findings.addAll(check.present(reports));
      }
      findings.addAll(check.devices(reports));
    }
    return findings;
  }

  private static Finding unanswered(String why) {
    return Finding.fail(
        "native libraries",
        "no answer",
        "one from every executor",
        why
            + ": read the executors' logs; an executor that dies at once often lacks memory (spark.executor.memoryOverhead)");
  }
}
