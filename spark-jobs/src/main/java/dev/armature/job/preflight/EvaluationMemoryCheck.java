package dev.armature.job.preflight;

import dev.armature.evaluate.EvaluationMemory;
import dev.armature.round.RoundMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether the driver and the executors can hold what an evaluation takes; on a local master they
 * are one process.
 */
public final class EvaluationMemoryCheck {
  private final SparkLayout layout;
  private final EvaluationMemory memory;
  private final boolean local;
  private final List<RoundMemory.Part> driver;
  private final List<RoundMemory.Part> executor;

  /**
   * @param encoders bytes of heap that checkpoint and encoders take on the driver
   * @param epochs of linear classifiers
   */
  public EvaluationMemoryCheck(
      SparkLayout layout, EvaluationMemory memory, long encoders, int epochs) {
    this.layout = layout;
    this.memory = memory;
    local = layout.manager() == SparkLayout.Manager.LOCAL;
    int tasks = Math.max(1, layout.slotsPerExecutor());
    List<RoundMemory.Part> parts =
        new ArrayList<>(
            List.of(
                RoundMemory.process(),
                new RoundMemory.Part("encoders", encoders, 0),
                memory.driver(epochs)));
    if (local) {
      parts.add(memory.tasks(tasks));
    }
    driver = List.copyOf(parts);
    executor = List.of(RoundMemory.process(), memory.executor(tasks));
  }

  /**
   * Compares.
   *
   * @param heapLimit bytes that this process's heap may grow to
   */
  public List<Finding> findings(long heapLimit) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        heap(
            local ? "heap" : "driver heap",
            heapLimit,
            RoundMemory.heap(driver),
            "set ARMATURE_MEMORY=%1$s for deploy/local/submit, --driver-memory %1$s for spark-submit"));
    if (!local) {
      findings.add(
          heap(
              "executor heap",
              layout.executorHeap(),
              RoundMemory.heap(executor),
              "set spark.executor.memory=%s"));
      long outside = RoundMemory.outside(executor);
      if (layout.executorOverhead() != SparkLayout.UNLIMITED) {
        String found = ByteSize.text(layout.executorOverhead());
        String needed = ByteSize.text(outside);
        // Reckoned from engines that train, which keep more than those that only represent.
        findings.add(
            layout.executorOverhead() >= outside
                ? Finding.ok("executor beside heap", found, needed)
                : Finding.warning(
                    "executor beside heap",
                    found,
                    "up to " + needed,
                    "if executors are killed, set spark.executor.memoryOverhead=%s"
                        .formatted(ByteSize.setting(outside))));
      }
    }
    return findings;
  }

  private Finding heap(String what, long found, long needed, String setting) {
    String why =
        String.format(
            Locale.ROOT,
            "%s for representations of %,d + %,d sequences × %,d numbers × %d streams × 4 bytes (%s), several times",
            ByteSize.text(needed),
            memory.training(),
            memory.test(),
            memory.shape().representation(),
            memory.modalities(),
            ByteSize.text(memory.features()));
    return found >= needed
        ? Finding.ok(what, ByteSize.text(found), why)
        : Finding.fail(
            what,
            ByteSize.text(found),
            why,
            setting.formatted(ByteSize.setting(needed))
                + ", or measure by fewer protocols at a time (--protocol)");
  }
}
