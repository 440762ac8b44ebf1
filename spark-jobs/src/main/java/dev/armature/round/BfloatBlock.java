package dev.armature.round;

import java.io.EOFException;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/** An array of bfloat16 numbers that is serialized at once, like {@link FloatBlock}. */
public final class BfloatBlock implements WireBlock, Externalizable {
  private static final int PIECE = 1 << 18;

  private short[] values;

  /** For deserialization only. */
  public BfloatBlock() {
    this(new short[0]);
  }

  /** Wraps an array of {@link Bfloat16} numbers. */
  BfloatBlock(short[] values) {
    this.values = values;
  }

  /** Rounds numbers. */
  static BfloatBlock rounded(float[] values, int start, int length) {
    short[] rounded = new short[length];
    for (int i = 0; i < length; i++) {
      rounded[i] = Bfloat16.of(values[start + i]);
    }
    return new BfloatBlock(rounded);
  }

  @Override
  public int length() {
    return values.length;
  }

  @Override
  public void addTo(double[] sum, double weight) {
    for (int i = 0; i < values.length; i++) {
      sum[i] += weight * Bfloat16.value(values[i]);
    }
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    out.writeInt(values.length);
    byte[] bytes = new byte[Math.min(PIECE, values.length) * Short.BYTES];
    for (int start = 0; start < values.length; start += PIECE) {
      int count = Math.min(PIECE, values.length - start);
      shorts(bytes).put(values, start, count);
      out.write(bytes, 0, count * Short.BYTES);
    }
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new EOFException("a block of bfloat16 numbers announces a length of " + length);
    }
    values = new short[length];
    byte[] bytes = new byte[Math.min(PIECE, length) * Short.BYTES];
    for (int start = 0; start < length; start += PIECE) {
      int count = Math.min(PIECE, length - start);
      in.readFully(bytes, 0, count * Short.BYTES);
      shorts(bytes).get(values, start, count);
    }
  }

  private static ShortBuffer shorts(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
  }
}
