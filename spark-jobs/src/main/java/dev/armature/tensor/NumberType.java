package dev.armature.tensor;

import java.util.Arrays;
import java.util.Optional;

/** Types of numbers, as PyTorch and safetensors have them. */
enum NumberType {
  FLOAT32("float32", "FloatStorage", "F32", Float.BYTES, false),
  FLOAT64("float64", "DoubleStorage", "F64", Double.BYTES, false),
  FLOAT16("float16", "HalfStorage", "F16", Short.BYTES, false),
  BFLOAT16("bfloat16", "BFloat16Storage", "BF16", Short.BYTES, false),
  INT64("int64", "LongStorage", "I64", Long.BYTES, true),
  INT32("int32", "IntStorage", "I32", Integer.BYTES, true),
  INT16("int16", "ShortStorage", "I16", Short.BYTES, true),
  INT8("int8", "CharStorage", "I8", Byte.BYTES, true),
  UINT8("uint8", "ByteStorage", "U8", Byte.BYTES, true),
  BOOL("bool", "BoolStorage", "BOOL", Byte.BYTES, true);

  private final String label;
  private final String storage;
  private final String code;
  private final int bytes;
  private final boolean whole;

  NumberType(String label, String storage, String code, int bytes, boolean whole) {
    this.label = label;
    this.storage = storage;
    this.code = code;
    this.bytes = bytes;
    this.whole = whole;
  }

  /** The type whose storages are instances of a class of the module {@code torch}. */
  static Optional<NumberType> ofStorage(String name) {
    return Arrays.stream(values()).filter(type -> type.storage.equals(name)).findAny();
  }

  /** The type of a {@code dtype} of safetensors. */
  static Optional<NumberType> ofCode(String code) {
    return Arrays.stream(values()).filter(type -> type.code.equals(code)).findAny();
  }

  /** The type of a {@link #label}. */
  static NumberType ofLabel(String label) {
    return Arrays.stream(values()).filter(type -> type.label.equals(label)).findAny().orElseThrow();
  }

  /** PyTorch's name of the type, as {@code float32}. */
  String label() {
    return label;
  }

  /** Name of its storage class in the module {@code torch}. */
  String storage() {
    return storage;
  }

  /** Its {@code dtype} in safetensors. */
  String code() {
    return code;
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
