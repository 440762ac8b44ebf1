package dev.armature.encoder.cuda;

/**
 * Sections of a stretch of memory, one behind the other, each at a multiple of 256 bytes from its
 * start.
 */
final class DeviceSections {
  private static final int ALIGNMENT = 64;

  private long end;

  /**
   * @param first floats of a section from the start
   */
  DeviceSections(long first) {
    end = aligned(first);
  }

  /** Floats that hold some bytes. */
  static long floats(long bytes) {
    return (bytes + Float.BYTES - 1) / Float.BYTES;
  }

  private static long aligned(long floats) {
    return (floats + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * Adds room for bfloat16 numbers.
   *
   * @return its offset in floats
   */
  long rounded(long numbers) {
    long start = end;
    end = aligned(start + floats(numbers * Short.BYTES));
    return start;
  }

  /** The same, of memory that is there. */
  DeviceFloats rounded(DeviceFloats memory, long numbers) {
    return memory.part(rounded(numbers), floats(numbers * Short.BYTES));
  }

  /** Floats up to here. */
  long length() {
    return end;
  }
}
