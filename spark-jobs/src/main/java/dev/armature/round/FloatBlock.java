package dev.armature.round;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/** An array of floats that is serialized in large pieces. The array is shared, not copied. */
public final class FloatBlock implements WireBlock, Externalizable {
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
    PiecewiseBytes.write(
        out,
        values.length,
        Float.BYTES,
        (bytes, start, count) -> bytes.asFloatBuffer().put(values, start, count));
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    int length = PiecewiseBytes.readLength(in);
    float[] read = new float[length];
    PiecewiseBytes.read(
        in,
        length,
        Float.BYTES,
        (bytes, start, count) -> bytes.asFloatBuffer().get(read, start, count));
    values = read;
  }
}
