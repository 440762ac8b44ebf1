package dev.armature.round;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/** An array of bfloat16 numbers that is serialized at once, like {@link FloatBlock}. */
public final class BfloatBlock implements WireBlock, Externalizable {
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
    PiecewiseBytes.write(
        out,
        values.length,
        Short.BYTES,
        (bytes, start, count) -> bytes.asShortBuffer().put(values, start, count));
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    int length = PiecewiseBytes.readLength(in);
    short[] read = new short[length];
    PiecewiseBytes.read(
        in,
        length,
        Short.BYTES,
        (bytes, start, count) -> bytes.asShortBuffer().get(read, start, count));
    values = read;
  }
}
