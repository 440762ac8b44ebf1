package dev.armature.encoder.cuda;

/**
 * A stretch of floats in a device's memory. Does not own it.
 *
 * @param memory in which it lies
 * @param offset of its first number from the memory's start, in floats
 * @param length in floats
 */
public record DeviceFloats(DeviceMemory memory, long offset, long length) {

  /** Checks the place. */
  public DeviceFloats {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(
          "a stretch of memory needs an offset and a length of at least 0, found %d and %d"
              .formatted(offset, length));
    }
  }

  /** A part of it. */
  public DeviceFloats part(long start, long size) {
    if (start < 0 || size < 0 || start + size > length) {
      throw new IllegalArgumentException(
          "%d numbers from %d on do not lie within %d".formatted(size, start, length));
    }
    return new DeviceFloats(memory, offset + start, size);
  }

  /** Address of its first number, on the device. */
  public long address() {
    return memory.address() + offset * Float.BYTES;
  }
}
