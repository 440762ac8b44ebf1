package dev.armature.job.preflight;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process that runs tasks says of itself.
 *
 * @param executor its id; {@code driver} on a local master
 * @param host where it is
 * @param cores processors it may use
 * @param maxHeap bytes its heap may grow to
 * @param javacppBytes JavaCPP's limit of native memory in bytes; 0 for none
 * @param javacppPhysicalBytes JavaCPP's limit of the whole process in bytes; 0 for none
 * @param memory bytes of its container, or of the machine without one
 * @param jdk feature version, for instance 17
 * @param architecture of the processor
 * @param libraries versions of what computes, for people; differ where anything differs
 * @param isa the instruction set that oneDNN uses, as it numbers them; 0 if it could not be loaded
 * @param blasCore the processor that OpenBLAS takes it for
 * @param gpus addresses assigned to the task
 * @param device the GPU on which encoders would be computed, and what would; empty for none
 * @param deviceMemory bytes that the GPU has; 0 where none is known
 * @param fault why it cannot compute; empty if it can
 */
record ProcessReport(
    String executor,
    String host,
    int cores,
    long maxHeap,
    long javacppBytes,
    long javacppPhysicalBytes,
    long memory,
    int jdk,
    String architecture,
    String libraries,
    int isa,
    String blasCore,
    List<String> gpus,
    String device,
    long deviceMemory,
    String fault)
    implements Serializable {

  /**
   * The same process as another of its tasks has seen it: all GPUs, the least memory of one, and
   * whatever is wrong.
   */
  ProcessReport and(ProcessReport other) {
    return new ProcessReport(
        executor,
        host,
        cores,
        maxHeap,
        javacppBytes,
        javacppPhysicalBytes,
        memory,
        jdk,
        architecture,
        libraries.isEmpty() ? other.libraries : libraries,
        isa == 0 ? other.isa : isa,
        blasCore.isEmpty() ? other.blasCore : blasCore,
        Stream.concat(gpus.stream(), other.gpus.stream()).distinct().sorted().toList(),
        joined(device, other.device),
        deviceMemory == 0 || other.deviceMemory == 0
            ? Math.max(deviceMemory, other.deviceMemory)
            : Math.min(deviceMemory, other.deviceMemory),
        joined(fault, other.fault));
  }

  private static String joined(String one, String other) {
    return Stream.of(one, other)
        .filter(each -> !each.isEmpty())
        .distinct()
        .sorted()
        .collect(Collectors.joining("; "));
  }

  /** Which process it is, for people. */
  String name() {
    return executor.equals("driver") ? host : "executor %s on %s".formatted(executor, host);
  }
}
