package dev.armature.tensor;

import java.util.List;

/**
 * An int64 tensor. The array is shared, not copied.
 *
 * @param shape its dimensions, each at least 0; none for a scalar
 * @param values its numbers, row-major
 */
public record IntegerTensor(List<Integer> shape, long[] values) implements Tensor {

  /**
   * @throws IllegalArgumentException if a dimension is negative or the array is of another length
   *     than the shape
   */
  public IntegerTensor {
    shape = List.copyOf(shape);
    if (Shapes.length(shape) != values.length) {
      throw new IllegalArgumentException(
          "a tensor of shape %s has %d numbers, expected %d"
              .formatted(shape, values.length, Shapes.length(shape)));
    }
  }

  @Override
  public int length() {
    return values.length;
  }
}
