package dev.armature.tensor;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How a tensor's numbers lie in its storage. No two elements share a number, and all lie within the
 * storage.
 *
 * @param shape its dimensions
 * @param strides numbers from one element to the next along each dimension
 * @param offset its first number in the storage
 * @param extent numbers from its first to its last, both counted; 0 if it is empty
 */
record TensorLayout(List<Integer> shape, long[] strides, long offset, long extent) {

  /** Takes an element. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes one.
     *
     * @param source its number in the storage
     * @param destination its place row-major
     */
    void element(long source, int destination) throws IOException;
  }

  /**
   * @throws TensorFileException if the shape is no shape, leaves the storage, or elements overlap
   */
  static TensorLayout of(TensorReference reference) throws TensorFileException {
    long[] sizes = reference.shape();
    long[] strides = reference.strides();
    if (sizes.length != strides.length
        || reference.offset() < 0
        || LongStream.concat(Arrays.stream(sizes), Arrays.stream(strides)).anyMatch(n -> n < 0)) {
      throw new TensorFileException(
          "its shape is %s with strides %s from number %d; all are at least 0, one stride a dimension"
              .formatted(Arrays.toString(sizes), Arrays.toString(strides), reference.offset()));
    }
    List<Integer> shape = shape(sizes);
    long extent = shape.contains(0) ? 0 : extent(shape, strides);
    long available = reference.storage().viewLength();
    if (extent > available || reference.offset() > available - extent) {
      throw new TensorFileException(
          "its shape %s with strides %s from number %d does not fit into storage %s, which has %d"
              .formatted(
                  shape,
                  Arrays.toString(strides),
                  reference.offset(),
                  ContentPath.shown(reference.storage().key()),
                  available));
    }
    return new TensorLayout(
        shape, strides, reference.storage().viewOffset() + reference.offset(), extent);
  }

  private static List<Integer> shape(long[] sizes) throws TensorFileException {
    if (Arrays.stream(sizes).allMatch(size -> size <= Integer.MAX_VALUE)) {
      List<Integer> shape = Arrays.stream(sizes).mapToObj(Math::toIntExact).toList();
      try {
        Shapes.length(shape);
        return shape;
      } catch (IllegalArgumentException tooLarge) {
        throw tooLarge(sizes, tooLarge);
      }
    }
    throw tooLarge(sizes, null);
  }

  private static TensorFileException tooLarge(long[] sizes, Throwable cause) {
    return new TensorFileException(
        "its shape is %s; the most that is read are %d numbers"
            .formatted(Arrays.toString(sizes), Integer.MAX_VALUE),
        cause);
  }

  /** Adds the dimensions up from the smallest stride: each must step over all smaller ones. */
  private static long extent(List<Integer> shape, long[] strides) throws TensorFileException {
    long extent = 1;
    int[] order = bySlowness(shape, strides);
    for (int at = order.length - 1; at >= 0; at--) {
      int d = order[at];
      if (strides[d] < extent) {
        throw new TensorFileException(
            "elements of shape %s with strides %s overlap; save tensor.contiguous()"
                .formatted(shape, Arrays.toString(strides)));
      }
      long steps = shape.get(d) - 1L;
      if (strides[d] > (Long.MAX_VALUE - extent) / steps) {
        return Long.MAX_VALUE;
      }
      extent += steps * strides[d];
    }
    return extent;
  }

  /** Dimensions of more than one element, the largest stride first. */
  private static int[] bySlowness(List<Integer> shape, long[] strides) {
    return IntStream.range(0, strides.length)
        .filter(d -> shape.get(d) > 1)
        .boxed()
        .sorted(Comparator.comparingLong(d -> -strides[d]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** How many numbers it has. */
  int length() {
    return Shapes.length(shape);
  }

  /** Whether its numbers lie row-major without gaps. */
  boolean contiguous() {
    long[] dense = Shapes.strides(shape);
    return IntStream.range(0, strides.length)
        .allMatch(d -> shape.get(d) <= 1 || strides[d] == dense[d]);
  }

  /** Visits every element, in the order in which they lie in the storage. */
  void visit(Visitor visitor) throws IOException {
    if (extent == 0) {
      return;
    }
    int[] order = bySlowness(shape, strides);
    long[] dense = Shapes.strides(shape);
    int[] index = new int[order.length];
    long source = offset;
    long destination = 0;
    while (true) {
      visitor.element(source, (int) destination);
      int at = order.length - 1;
      while (at >= 0 && index[at] == shape.get(order[at]) - 1) {
        source -= index[at] * strides[order[at]];
        destination -= index[at] * dense[order[at]];
        index[at] = 0;
        at--;
      }
      if (at < 0) {
        return;
      }
      index[at]++;
      source += strides[order[at]];
      destination += dense[order[at]];
    }
  }
}
