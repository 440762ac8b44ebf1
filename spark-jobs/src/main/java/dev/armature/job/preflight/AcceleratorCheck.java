package dev.armature.job.preflight;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngines;
import java.util.List;
import java.util.Optional;

/**
 * Whether GPUs are asked for where they are used, and nowhere else: a worker never computes on the
 * processor while others believe it to be on a GPU, and no GPU is reserved for nothing.
 */
public final class AcceleratorCheck {
  private static final String CHECK = "GPUs";

  private AcceleratorCheck() {}

  /** Compares what Spark is asked for with what the encoders compute on. */
  public static Finding of(SparkLayout layout, EncoderBackend backend) {
    Optional<String> missing = EncoderEngines.missing(backend);
    if (missing.isPresent()) {
      return Finding.fail(
          CHECK, "encoder.backend = " + backend.label(), "one of this build", missing.get());
    }
    return of(layout, backend.label(), backend.onGpu());
  }

  static Finding of(SparkLayout layout, String backend, boolean onGpu) {
    boolean reserved = layout.executorGpus() > 0 || layout.taskGpus() > 0;
    if (reserved && !onGpu) {
      return Finding.fail(
          CHECK,
          "%d an executor, %s a task".formatted(layout.executorGpus(), number(layout.taskGpus())),
          "none",
          "GPUs would be reserved for nothing, as encoder.backend = %s computes on the processor: leave spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount out"
              .formatted(backend));
    }
    if (onGpu && layout.manager() == SparkLayout.Manager.LOCAL && !reserved) {
      // Spark assigns nothing to the tasks of a local master.
      return Finding.ok(CHECK, "the first of this machine", "");
    }
    if (onGpu && layout.taskGpus() <= 0) {
      return Finding.fail(
          CHECK,
          "none",
          "1 a task",
          "encoder.backend = %s computes on a GPU: set spark.task.resource.gpu.amount=1 and spark.executor.resource.gpu.amount to the tasks of an executor"
              .formatted(backend));
    }
    return Finding.ok(CHECK, onGpu ? number(layout.taskGpus()) + " a task" : "none", "");
  }

  /** Whether every task that asked for a GPU was told the address of one. */
  static Finding assigned(SparkLayout layout, List<ProcessReport> reports) {
    List<String> without =
        reports.stream()
            .filter(report -> report.gpus().isEmpty())
            .map(ProcessReport::name)
            .toList();
    if (without.isEmpty()) {
      return Finding.ok("assigned GPUs", "to every task", "");
    }
    return Finding.fail(
        CHECK,
        "none on " + String.join(", ", without),
        "%s a task".formatted(number(layout.taskGpus())),
        "they are asked for and none was assigned to a task: check spark.executor.resource.gpu.discoveryScript on these hosts");
  }

  /** What encoders would be computed on; nothing where that is the processor. */
  static List<Finding> devices(List<ProcessReport> reports) {
    List<String> devices =
        reports.stream().map(ProcessReport::device).filter(each -> !each.isEmpty()).toList();
    return devices.isEmpty()
        ? List.of()
        : List.of(Finding.ok("devices", String.join("; ", devices), ""));
  }

  private static String number(double amount) {
    return amount == Math.rint(amount) ? Long.toString((long) amount) : Double.toString(amount);
  }
}
