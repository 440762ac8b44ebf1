package dev.armature.encoder.cuda;

import java.util.Locale;

/** What is said where the memory of a GPU does not suffice. */
final class OutOfMemory {
  private OutOfMemory() {}

  static String message(String device, long asked, String purpose, Device.MemoryUse memory) {
    return String.format(
        Locale.ROOT,
        "%s has too little memory: %.3f GB were asked for %s, and %.3f of %.3f GB are free. Encoders take less with a smaller train.batch, encoder.hidden or augment.frames, losses with a smaller train.batch or distill.queue or fewer modalities; with round.teacher = per-round both with fewer round.local-steps, since the keys of a round are computed at once. Or give every task a GPU of its own (spark.task.resource.gpu.amount=1)",
        device,
        asked * 1e-9,
        purpose,
        memory.free() * 1e-9,
        memory.all() * 1e-9);
  }

  /** The same of main memory that a device reads by itself, which the system must not move. */
  static String ofMainMemory(String device, long asked, String meaning) {
    return String.format(
        Locale.ROOT,
        "The main memory of this machine has no room for copies to and from %s: %.1f MB were asked for that may not be moved (%s). Raise the container's limit or spark.executor.memoryOverhead, lower spark.executor.memory, or run fewer executors on a machine",
        device,
        asked * 1e-6,
        meaning);
  }
}
