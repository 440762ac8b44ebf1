package dev.armature.job.preflight;

import dev.armature.evaluate.MonitorMemory;
import dev.armature.round.RoundMemory;
import dev.armature.round.TrainingPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether an executor can hold what its workers take: its heap, what its container allows beside
 * the heap, what JavaCPP allows, and what its GPUs have.
 */
public final class ExecutorMemoryCheck {
  private static final String OPTIONS = "spark.executor.extraJavaOptions";
  private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([kmgtKMGT]?)[bB]?");

  private final SparkLayout layout;
  private final long heap;
  private final long outside;
  private final int workers;
  private final int sharing;
  private final long device;

  /**
   * What is needed, by the sizes of a run.
   *
   * @param shard bytes of one shard
   * @param runs how many runs go on side by side
   * @param slots tasks that an executor can run at once, at least 1
   * @param executors how many there will be; 0 if nobody knows
   * @param monitor what measures encoders between rounds, if anything does
   */
  public ExecutorMemoryCheck(
      SparkLayout layout,
      TrainingPlan plan,
      long shard,
      int runs,
      int slots,
      int executors,
      Optional<MonitorMemory> monitor) {
    this.layout = layout;
    int all = plan.round().workers();
    int least = (all + slots - 1) / slots;
    int spread = executors == 0 ? least : executors;
    workers = Math.min(all * runs, slots);
    int shards = Math.max(Math.min(all, workers), (all + spread - 1) / spread);
    RoundMemory memory = new RoundMemory(plan);
    List<RoundMemory.Part> parts = new ArrayList<>(memory.executor(workers, shards, shard, runs));
    monitor.ifPresent(beside -> parts.add(beside.executor(slots)));
    heap = RoundMemory.heap(parts);
    outside = RoundMemory.outside(parts);
    sharing = sharing(layout, workers);
    device = memory.device(sharing) + sharing * monitor.map(MonitorMemory::device).orElse(0L);
  }

  /** Workers that compute on the same GPU: where Spark assigns none, all take the first. */
  private static int sharing(SparkLayout layout, int workers) {
    double each = layout.taskGpus();
    return each > 0 ? Math.min(workers, (int) Math.max(1, Math.floor(1 / each))) : workers;
  }

  /** Compares with what is configured. */
  public List<Finding> configured(String executorOptions) {
    List<Finding> findings = new ArrayList<>();
    String whose = workers == 1 ? "for 1 worker" : "for %d workers".formatted(workers);
    String heapNeeded = "%s %s".formatted(ByteSize.text(heap), whose);
    findings.add(
        layout.executorHeap() >= heap
            ? Finding.ok("executor heap", ByteSize.text(layout.executorHeap()), heapNeeded)
            : Finding.fail(
                "executor heap",
                ByteSize.text(layout.executorHeap()),
                heapNeeded,
                "set spark.executor.memory=%s".formatted(ByteSize.setting(heap))));
    String outsideNeeded = "%s %s".formatted(ByteSize.text(outside), whose);
    boolean counted = layout.executorOverhead() != SparkLayout.UNLIMITED;
    findings.add(
        layout.executorOverhead() >= outside
            ? Finding.ok(
                "executor beside heap",
                counted ? ByteSize.text(layout.executorOverhead()) : "nobody counts",
                outsideNeeded)
            : Finding.fail(
                "executor beside heap",
                ByteSize.text(layout.executorOverhead()),
                outsideNeeded,
                "set spark.executor.memoryOverhead=%s".formatted(ByteSize.setting(outside))));
    limits(executorOptions).forEach((name, limit) -> findings.add(limit(name, limit)));
    return findings;
  }

  private Finding limit(String name, long limit) {
    long needed = needed(name);
    return limit == 0 || limit >= needed
        ? Finding.ok(name, limit == 0 ? "no limit" : ByteSize.text(limit), ByteSize.text(needed))
        : Finding.fail(
            name,
            ByteSize.text(limit),
            ByteSize.text(needed),
            "set -Dorg.bytedeco.javacpp.%s=0 (no limit), or %s, in %s"
                .formatted(name, ByteSize.setting(needed), OPTIONS));
  }

  /**
   * The physical limit is on the whole process; the other counts what is allocated, of which up to
   * half is never touched.
   */
  private long needed(String name) {
    return name.equals("maxbytes") ? 2 * outside : outside + Math.max(heap, layout.executorHeap());
  }

  /** JavaCPP's limits in options of a JVM; the last of each counts. */
  private static Map<String, Long> limits(String options) {
    Map<String, Long> limits = new LinkedHashMap<>();
    for (String name : List.of("maxbytes", "maxphysicalbytes")) {
      Matcher all =
          Pattern.compile("-Dorg\\.bytedeco\\.javacpp\\." + name + "=(\\S+)").matcher(options);
      while (all.find()) {
        limits.put(name, bytes(all.group(1)));
      }
    }
    return limits;
  }

  private static long bytes(String text) {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      return 0;
    }
    int thousands = " kmgt".indexOf(Character.toLowerCase((size.group(2) + " ").charAt(0)));
    return Long.parseLong(size.group(1)) << (10 * thousands);
  }

  /**
   * Whether GPUs have what is taken of their memory. A warning at most: some of it is reckoned by
   * allowances, and the workers themselves say what they lack.
   *
   * @param reports of executors; none where they are not there yet
   * @return nothing where nobody computes on a GPU
   */
  public List<Finding> devices(List<ProcessReport> reports) {
    if (device == 0) {
      return List.of();
    }
    String needed =
        "%s for %s"
            .formatted(
                ByteSize.text(device), sharing == 1 ? "a worker" : sharing + " workers on it");
    long[] known =
        reports.stream().mapToLong(ProcessReport::deviceMemory).filter(has -> has > 0).toArray();
    if (known.length == 0) {
      return List.of(Finding.ok("memory of GPUs", "not asked yet", needed));
    }
    long least = Arrays.stream(known).min().getAsLong();
    return List.of(
        least >= device
            ? Finding.ok("memory of GPUs", ByteSize.text(least), needed)
            : Finding.warning(
                "memory of GPUs",
                ByteSize.text(least),
                needed,
                "it may not suffice: take a smaller train.batch, augment.frames, encoder.hidden or distill.queue, with round.teacher = per-round also fewer round.local-steps"));
  }

  /** Whether machines or containers have what their executors may grow to. */
  List<Finding> present(List<ProcessReport> reports) {
    Map<String, Integer> onHost = new LinkedHashMap<>();
    reports.forEach(report -> onHost.merge(report.host(), 1, Integer::sum));
    List<Finding> findings = new ArrayList<>();
    for (ProcessReport report : reports) {
      long one = heap + outside;
      long all = onHost.get(report.host()) * (Math.max(heap, layout.executorHeap()) + outside);
      String found = "%s on %s".formatted(ByteSize.text(report.memory()), report.host());
      if (report.memory() < one) {
        findings.add(
            Finding.fail(
                "memory of hosts",
                found,
                ByteSize.text(one) + " for an executor",
                "give containers or machines more, or take a smaller train.batch, augment.frames or encoder.hidden"));
      } else if (report.memory() < all && onHost.get(report.host()) > 0) {
        findings.add(
            Finding.warning(
                "memory of hosts",
                found,
                "%s for %d executors".formatted(ByteSize.text(all), onHost.get(report.host())),
                "give fewer executors to a machine, or lower spark.executor.memory to what is needed"));
      }
      onHost.put(report.host(), 0);
    }
    if (findings.isEmpty() && !reports.isEmpty()) {
      long least = reports.stream().mapToLong(ProcessReport::memory).min().orElseThrow();
      findings.add(
          Finding.ok("memory of hosts", ByteSize.text(least), ByteSize.text(heap + outside)));
    }
    return findings;
  }
}
