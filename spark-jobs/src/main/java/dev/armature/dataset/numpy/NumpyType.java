package dev.armature.dataset.numpy;

import dev.armature.tensor.HalfPrecision;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The types of numbers that are read from NumPy files, all little-endian. */
enum NumpyType {
  FLOAT16("<f2", 2),
  FLOAT32("<f4", 4),
  FLOAT64("<f8", 8),
  INT8("|i1", 1),
  UINT8("|u1", 1),
  INT16("<i2", 2),
  UINT16("<u2", 2),
  INT32("<i4", 4),
  UINT32("<u4", 4),
  INT64("<i8", 8);

  private final String descriptor;
  private final int bytes;

  NumpyType(String descriptor, int bytes) {
    this.descriptor = descriptor;
    this.bytes = bytes;
  }

  /** The type of a descriptor such as {@code <f4}, if it is one of these. */
  static Optional<NumpyType> of(String descriptor) {
    return Arrays.stream(values()).filter(type -> type.descriptor.equals(descriptor)).findFirst();
  }

  /** Bytes of one number. */
  int bytes() {
    return bytes;
  }

  /** Whether its numbers are whole. */
  boolean whole() {
    return this != FLOAT16 && this != FLOAT32 && this != FLOAT64;
  }

  /** A coordinate at a place in a little-endian buffer. */
  float real(ByteBuffer buffer, int at) {
    return switch (this) {
      case FLOAT16 -> HalfPrecision.toFloat(buffer.getShort(at));
      case FLOAT32 -> buffer.getFloat(at);
      case FLOAT64 -> (float) buffer.getDouble(at);
      default -> throw new IllegalStateException(this + " is no type of coordinates");
    };
  }

  /** A count or label at a place in a little-endian buffer. */
  long integer(ByteBuffer buffer, int at) {
    return switch (this) {
      case INT8 -> buffer.get(at);
      case UINT8 -> buffer.get(at) & 0xff;
      case INT16 -> buffer.getShort(at);
      case UINT16 -> buffer.getShort(at) & 0xffff;
      case INT32 -> buffer.getInt(at);
      case UINT32 -> buffer.getInt(at) & 0xffffffffL;
      case INT64 -> buffer.getLong(at);
      default -> throw new IllegalStateException(this + " is no type of counts");
    };
  }

  @Override
  public String toString() {
    return descriptor;
  }
}
