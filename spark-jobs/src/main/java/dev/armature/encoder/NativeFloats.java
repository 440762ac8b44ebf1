package dev.armature.encoder;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Bulk access to the memory of dense ND4J arrays, without the per-element calls of INDArray. */
final class NativeFloats {
  private NativeFloats() {}

  /** Points to an array's first number; valid while the array is. */
  static FloatPointer pointer(INDArray array) {
    return new FloatPointer(array.data().addressPointer());
  }

  /** Copies the first {@code length} numbers of a dense array out. */
  static void read(INDArray array, float[] destination, int length) {
    pointer(array).get(destination, 0, length);
  }

  /** Overwrites the first {@code length} numbers of a dense array. */
  static void write(float[] source, int length, INDArray array) {
    pointer(array).put(source, 0, length);
  }

  /** Copies a dense array out. */
  static float[] read(INDArray array) {
    float[] copy = new float[Math.toIntExact(array.length())];
    read(array, copy, copy.length);
    return copy;
  }
}
