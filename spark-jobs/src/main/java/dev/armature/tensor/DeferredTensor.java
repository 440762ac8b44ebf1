package dev.armature.tensor;

import java.util.List;
import java.util.function.Supplier;

/**
 * A float32 tensor whose numbers are made when they are written, and again where they are written
 * twice, so that a file of many takes the memory of one.
 *
 * @param shape its dimensions, each at least 0; none for a scalar
 * @param numbers makes its numbers, row-major; the same at every call
 */
public record DeferredTensor(List<Integer> shape, Supplier<float[]> numbers) implements Tensor {

  /** Copies the shape. */
  public DeferredTensor {
    shape = List.copyOf(shape);
  }

  @Override
  public int length() {
    return Shapes.length(shape);
  }
}
