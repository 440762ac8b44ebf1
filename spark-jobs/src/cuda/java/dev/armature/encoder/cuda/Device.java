package dev.armature.encoder.cuda;

/**
 * A device with memory of its own that computes on it. Used by one thread at a time, which may be
 * another one each time: {@link #enter} comes first.
 */
public interface Device extends AutoCloseable {

  /** Makes it the calling thread's device. */
  void enter();

  /**
   * Takes memory, filled with zeros.
   *
   * @param floats how much of it
   * @param purpose for an error's message, for instance {@code parameters of a query encoder}
   * @throws IllegalStateException if there is too little, naming what was asked for and free, and
   *     what to change
   */
  DeviceMemory allocate(long floats, String purpose);

  /** A queue of work beside all others. */
  DeviceStream newStream();

  /** A GRU of one size, for any number of batches and streams. */
  DeviceGru newGru(int input, int hidden);

  /** A stop-watch. */
  DeviceTimer newTimer();

  /** How much memory there is. */
  MemoryUse memory();

  /**
   * Memory of a device, of all that work on it.
   *
   * @param free bytes that nobody has taken
   * @param all bytes
   */
  record MemoryUse(long free, long all) {}

  /** What it is, for people. */
  String description();

  /** Frees what is the device's own; streams, GRUs and memory are closed before. Idempotent. */
  @Override
  void close();
}
