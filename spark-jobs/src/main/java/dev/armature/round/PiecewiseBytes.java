package dev.armature.round;

import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Arrays of numbers serialized in large pieces, little-endian, their length before them; Java's own
 * serialization converts number by number.
 */
final class PiecewiseBytes {
  private static final int PIECE = 1 << 18;

  private PiecewiseBytes() {}

  /** Copies numbers of an array to the beginning of some bytes, or from there. */
  @FunctionalInterface
  interface Copying {
    void copy(ByteBuffer bytes, int start, int count);
  }

  /**
   * Writes an array.
   *
   * @param size bytes of a number
   */
  static void write(ObjectOutput out, int length, int size, Copying to) throws IOException {
    out.writeInt(length);
    byte[] bytes = new byte[Math.min(PIECE, length) * size];
    for (int start = 0; start < length; start += PIECE) {
      int count = Math.min(PIECE, length - start);
      to.copy(littleEndian(bytes), start, count);
      out.write(bytes, 0, count * size);
    }
  }

  /**
   * Reads how long the array is that follows.
   *
   * @throws EOFException if that is no length
   */
  static int readLength(ObjectInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new EOFException("a block of numbers announces a length of " + length);
    }
    return length;
  }

  /** Reads the array, after its length. */
  static void read(ObjectInput in, int length, int size, Copying from) throws IOException {
    byte[] bytes = new byte[Math.min(PIECE, length) * size];
    for (int start = 0; start < length; start += PIECE) {
      int count = Math.min(PIECE, length - start);
      in.readFully(bytes, 0, count * size);
      from.copy(littleEndian(bytes), start, count);
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
