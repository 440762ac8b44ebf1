package dev.armature.round;

import java.io.EOFException;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * An array of floats that is serialized in large pieces; Java's own serialization of a {@code
 * float[]} converts number by number. The array is shared, not copied.
 */
public final class FloatBlock implements WireBlock, Externalizable {
  private static final int PIECE = 1 << 18;

  private float[] values;

  /** For deserialization only. */
  public FloatBlock() {
    this(new float[0]);
  }

  /** Wraps an array. */
  public FloatBlock(float[] values) {
    this.values = values;
  }

  /** The array itself. */
  public float[] values() {
    return values;
  }

  @Override
  public int length() {
    return values.length;
  }

  @Override
  public void addTo(double[] sum, double weight) {
    for (int i = 0; i < values.length; i++) {
      sum[i] += weight * values[i];
    }
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    out.writeInt(values.length);
    byte[] bytes = new byte[Math.min(PIECE, values.length) * Float.BYTES];
    for (int start = 0; start < values.length; start += PIECE) {
      int count = Math.min(PIECE, values.length - start);
      floats(bytes).put(values, start, count);
      out.write(bytes, 0, count * Float.BYTES);
    }
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new EOFException("a block of floats announces a length of " + length);
    }
    values = new float[length];
    byte[] bytes = new byte[Math.min(PIECE, length) * Float.BYTES];
    for (int start = 0; start < length; start += PIECE) {
      int count = Math.min(PIECE, length - start);
      in.readFully(bytes, 0, count * Float.BYTES);
      floats(bytes).get(values, start, count);
    }
  }

  private static FloatBuffer floats(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }
}
