package dev.armature.job.preflight;

import dev.armature.evaluate.MonitorMemory;
import dev.armature.round.RoundMemory;
import dev.armature.round.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;

/**
 * Whether this process can hold what the driver takes, and on a local master what the workers take
 * as well.
 */
public final class DriverMemoryCheck {
  private final SparkLayout layout;
  private final boolean local;
  private final long heap;
  private final long outside;
  private final String whose;

  /**
   * What is needed, by the sizes of a run.
   *
   * @param shard bytes of one shard
   * @param runs how many runs go on side by side
   * @param monitor what measures encoders between rounds, if anything does
   */
  public DriverMemoryCheck(
      SparkLayout layout,
      TrainingPlan plan,
      long shard,
      int runs,
      Optional<MonitorMemory> monitor) {
    this.layout = layout;
    local = layout.manager() == SparkLayout.Manager.LOCAL;
    int atOnce = Math.max(1, Math.min(plan.round().workers() * runs, layout.slotsPerExecutor()));
    RoundMemory memory = new RoundMemory(plan);
    List<RoundMemory.Part> parts =
        new ArrayList<>(local ? memory.local(atOnce, shard, runs) : memory.driver(runs));
    monitor.ifPresent(
        beside -> {
          for (int run = 0; run < runs; run++) {
            parts.add(beside.driver());
          }
          if (local) {
            parts.add(beside.executor(layout.slotsPerExecutor()));
          }
        });
    heap = RoundMemory.heap(parts);
    outside = RoundMemory.outside(parts);
    whose =
        (runs == 1 ? "hidden %d" : "%2$d runs of hidden %1$d")
            .formatted(plan.encoder().hidden(), runs);
  }

  /**
   * Compares.
   *
   * @param heapLimit bytes that this process's heap may grow to
   */
  public List<Finding> findings(long heapLimit) {
    List<Finding> findings = new ArrayList<>();
    findings.add(heap(heapLimit));
    findings.add(present(NativeProbe.memory()));
    if (layout.driverOverhead() != SparkLayout.UNLIMITED) {
      findings.add(overhead());
    }
    if (local) {
      findings.add(limit("maxbytes", Pointer.maxBytes(), 2 * outside));
      findings.add(limit("maxphysicalbytes", Pointer.maxPhysicalBytes(), outside + heap));
    }
    return findings;
  }

  /** Compares with what is configured for a driver that is yet to be started elsewhere. */
  public List<Finding> configured() {
    return layout.driverOverhead() == SparkLayout.UNLIMITED
        ? List.of(heap(layout.driverHeap()))
        : List.of(heap(layout.driverHeap()), overhead());
  }

  private Finding heap(long limit) {
    String needed = "%s for %s".formatted(ByteSize.text(heap), whose);
    String what = local ? "heap" : "driver heap";
    return limit >= heap
        ? Finding.ok(what, ByteSize.text(limit), needed)
        : Finding.fail(
            what,
            ByteSize.text(limit),
            needed,
            "set ARMATURE_MEMORY=%1$s for deploy/local/submit, --driver-memory %1$s for spark-submit"
                .formatted(ByteSize.setting(heap)));
  }

  private Finding overhead() {
    String needed = ByteSize.text(outside);
    String found = ByteSize.text(layout.driverOverhead());
    return layout.driverOverhead() >= outside
        ? Finding.ok("driver beside heap", found, needed)
        : Finding.fail(
            "driver beside heap",
            found,
            needed,
            "set spark.driver.memoryOverhead=%s".formatted(ByteSize.setting(outside)));
  }

  private static Finding limit(String name, long limit, long needed) {
    boolean none = limit == 0 || limit == Long.MAX_VALUE;
    return none || limit >= needed
        ? Finding.ok(name, none ? "no limit" : ByteSize.text(limit), ByteSize.text(needed))
        : Finding.fail(
            name,
            ByteSize.text(limit),
            ByteSize.text(needed),
            "give the JVM -Dorg.bytedeco.javacpp.%s=0 (conf/jvm.options; spark-submit --driver-java-options)"
                .formatted(name));
  }

  /** What the machine, or the container, has; the heap alone may be allowed to be larger. */
  private Finding present(long memory) {
    String needed = ByteSize.text(heap + outside);
    return memory >= heap + outside
        ? Finding.ok("memory of this host", ByteSize.text(memory), needed)
        : Finding.fail(
            "memory of this host",
            ByteSize.text(memory),
            needed,
            "use a larger machine, or a smaller train.batch, augment.frames or encoder.hidden");
  }
}
