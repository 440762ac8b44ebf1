package dev.armature.distill;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * The bits of many floats at once, both ways, by copying through one piece of memory.
 *
 * <p>Copying twice is faster than {@link Float#floatToRawIntBits} in a loop: the compiler turns
 * loops over floats alone and over ints alone into vector instructions, but none that goes from one
 * to the other. Has memory of its own: one object per thread.
 */
final class FloatBits {
  private final FloatBuffer floats;
  private final IntBuffer ints;

  /**
   * @param most numbers at a time
   */
  FloatBits(int most) {
    ByteBuffer memory =
        ByteBuffer.allocateDirect(most * Float.BYTES).order(ByteOrder.nativeOrder());
    this.floats = memory.asFloatBuffer();
    this.ints = memory.asIntBuffer();
  }

  /** Writes the bits of the first numbers. */
  void toBits(float[] numbers, int[] bits, int count) {
    floats.put(0, numbers, 0, count);
    ints.get(0, bits, 0, count);
  }

  /** Writes the numbers that have these bits. */
  void toNumbers(int[] bits, float[] numbers, int count) {
    ints.put(0, bits, 0, count);
    floats.get(0, numbers, 0, count);
  }
}
