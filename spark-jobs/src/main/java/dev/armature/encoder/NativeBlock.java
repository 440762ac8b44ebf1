package dev.armature.encoder;

import org.bytedeco.javacpp.FloatPointer;

/** A native block of floats that grows when asked for more, and never shrinks. */
final class NativeBlock implements AutoCloseable {
  private FloatPointer pointer = new FloatPointer();
  private long capacity;

  /**
   * The block, with room for at least that many bytes; what it held is lost when it has to grow.
   */
  FloatPointer atLeast(long bytes) {
    long floats = Math.max(1, (bytes + Float.BYTES - 1) / Float.BYTES);
    if (floats > capacity) {
      close();
      pointer = new FloatPointer(floats);
      capacity = floats;
    }
    return pointer;
  }

  @Override
  public void close() {
    pointer.close();
    capacity = 0;
  }
}
