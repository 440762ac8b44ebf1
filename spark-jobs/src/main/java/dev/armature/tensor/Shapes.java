package dev.armature.tensor;

import java.util.List;

/** Arithmetic of shapes. */
final class Shapes {
  private Shapes() {}

  /**
   * How many numbers a tensor of a shape has.
   *
   * @throws IllegalArgumentException if a dimension is negative or they are more than 2^31 - 1
   */
  static int length(List<Integer> shape) {
    long length = shape.contains(0) ? 0 : 1;
    for (int size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "a tensor of shape %s: dimensions are at least 0".formatted(shape));
      }
      length *= size;
      if (length > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "a tensor of shape %s has more than %d numbers".formatted(shape, Integer.MAX_VALUE));
      }
    }
    return (int) length;
  }

  /** Numbers from one element to the next along each dimension, row-major, as PyTorch has them. */
  static long[] strides(List<Integer> shape) {
    long[] strides = new long[shape.size()];
    long stride = 1;
    for (int d = shape.size() - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= Math.max(shape.get(d), 1);
    }
    return strides;
  }
}
