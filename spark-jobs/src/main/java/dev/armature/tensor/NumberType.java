package dev.armature.tensor;

import java.util.Arrays;
import java.util.Optional;

/** Types of numbers that PyTorch has storage classes for. */
enum NumberType {
  FLOAT32("float32", "FloatStorage", Float.BYTES, false),
  FLOAT64("float64", "DoubleStorage", Double.BYTES, false),
  FLOAT16("float16", "HalfStorage", Short.BYTES, false),
  BFLOAT16("bfloat16", "BFloat16Storage", Short.BYTES, false),
  INT64("int64", "LongStorage", Long.BYTES, true),
  INT32("int32", "IntStorage", Integer.BYTES, true),
  INT16("int16", "ShortStorage", Short.BYTES, true),
  INT8("int8", "CharStorage", Byte.BYTES, true),
  UINT8("uint8", "ByteStorage", Byte.BYTES, true),
  BOOL("bool", "BoolStorage", Byte.BYTES, true);

  private final String label;
  private final String storage;
  private final int bytes;
  private final boolean whole;

  NumberType(String label, String storage, int bytes, boolean whole) {
    this.label = label;
    this.storage = storage;
    this.bytes = bytes;
    this.whole = whole;
  }

  /** The type whose storages are instances of a class of the module {@code torch}. */
  static Optional<NumberType> ofStorage(String name) {
    return Arrays.stream(values()).filter(type -> type.storage.equals(name)).findAny();
  }

  /** PyTorch's name of the type, as {@code float32}. */
  String label() {
    return label;
  }

  /** Name of its storage class in the module {@code torch}. */
  String storage() {
    return storage;
  }

  /** Bytes a number. */
  int bytes() {
    return bytes;
  }

  /** Whether its numbers are whole. */
  boolean whole() {
    return whole;
  }
}
