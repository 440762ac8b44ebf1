package dev.armature.encoder.cuda;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Main memory in the place of a device's, with guards on both sides that nobody may write to.
 * Filled with what is no number, so that nobody gets away with reading what was never written.
 */
final class HostMemory implements DeviceMemory {
  private static final int GUARD = 64;
  private static final float MARK = -12345.678f;

  private final FloatPointer all;
  private final int length;
  private final Runnable closing;
  private boolean closed;

  HostMemory(int length, Runnable closing) {
    this.length = length;
    this.closing = closing;
    all = new FloatPointer(length + 2L * GUARD);
    float[] values = new float[length + 2 * GUARD];
    Arrays.fill(values, MARK);
    Arrays.fill(values, GUARD, GUARD + length, Float.NaN);
    all.put(values, 0, values.length);
  }

  static float[] read(DeviceFloats floats) {
    float[] values = new float[Math.toIntExact(floats.length())];
    at(floats).get(values, 0, values.length);
    return values;
  }

  static void write(DeviceFloats floats, float[] values) {
    if (values.length > floats.length()) {
      throw new IllegalArgumentException(
          "%d numbers do not fit into %d".formatted(values.length, floats.length()));
    }
    at(floats).put(values, 0, values.length);
  }

  private static FloatPointer at(DeviceFloats floats) {
    HostMemory memory = (HostMemory) floats.memory();
    memory.requireOpen();
    if (floats.offset() + floats.length() > memory.length) {
      throw new IllegalArgumentException(
          "%d numbers at %d are beyond the end of %d"
              .formatted(floats.length(), floats.offset(), memory.length));
    }
    return memory.all.getPointer(GUARD + floats.offset());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the memory was given back");
    }
  }

  @Override
  public long address() {
    requireOpen();
    return all.address() + (long) GUARD * Float.BYTES;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      float[] values = new float[length + 2 * GUARD];
      all.get(values, 0, values.length);
      all.close();
      closing.run();
      for (int i = 0; i < GUARD; i++) {
        if (values[i] != MARK || values[values.length - 1 - i] != MARK) {
          throw new IllegalStateException("something was written beside the memory");
        }
      }
    }
  }
}
