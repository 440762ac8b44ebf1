package dev.armature.tensor;

import java.util.List;
import java.util.Objects;

/**
 * A float32 tensor that lies row-major in a part of an array. The array is shared, not copied.
 *
 * @param shape its dimensions, each at least 0; none for a scalar
 * @param values the array
 * @param offset index of the tensor's first number in it
 */
public record FloatTensor(List<Integer> shape, float[] values, int offset) implements Tensor {

  /**
   * @throws IllegalArgumentException if a dimension is negative or there are more than 2^31 - 1
   *     numbers
   * @throws IndexOutOfBoundsException if the array ends before the tensor
   */
  public FloatTensor {
    shape = List.copyOf(shape);
    Objects.checkFromIndexSize(offset, Shapes.length(shape), values.length);
  }

  @Override
  public int length() {
    return Shapes.length(shape);
  }
}
