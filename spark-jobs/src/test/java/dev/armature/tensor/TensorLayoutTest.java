package dev.armature.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TensorLayoutTest {

  /** A dense array of random sizes, its axes permuted, every second step along some left out. */
  @Property(tries = 300)
  void every_element_is_visited_once_in_the_storages_order(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 4) int dimensions) throws IOException {
    Random random = new Random(seed);
    List<Integer> axes = new ArrayList<>(IntStream.range(0, dimensions).boxed().toList());
    java.util.Collections.shuffle(axes, random);
    long[] shape = new long[dimensions];
    long[] strides = new long[dimensions];
    long stride = 1;
    for (int axis : axes) {
      int step = random.nextInt(2) + 1;
      int size = random.nextInt(4) + 1;
      shape[axis] = size;
      strides[axis] = stride * step;
      stride *= (long) size * step;
    }
    long offset = random.nextInt(3);
    TensorLayout layout = TensorLayout.of(reference(offset, shape, strides, offset + stride));

    long[] sources = new long[layout.length()];
    List<Long> order = new ArrayList<>();
    layout.visit(
        (source, destination) -> {
          sources[destination] = source;
          order.add(source);
        });
    assertThat(order).isSorted().doesNotHaveDuplicates().hasSize(sources.length);
    assertThat(sources).isEqualTo(expected(offset, shape, strides));
    assertThat(layout.extent()).isEqualTo(order.get(order.size() - 1) - offset + 1);
    assertThat(layout.contiguous())
        .isEqualTo(
            LongStream.range(offset, offset + sources.length)
                .boxed()
                .toList()
                .equals(LongStream.of(sources).boxed().toList()));
  }

  private static long[] expected(long offset, long[] shape, long[] strides) {
    LongStream sources = LongStream.of(offset);
    for (int d = 0; d < shape.length; d++) {
      long size = shape[d];
      long stride = strides[d];
      sources = sources.flatMap(base -> LongStream.range(0, size).map(i -> base + i * stride));
    }
    return sources.toArray();
  }

  @Test
  void elements_that_share_a_number_are_refused() {
    for (long[] strides : List.of(new long[] {1, 1}, new long[] {0, 1}, new long[] {2, 1})) {
      assertThatThrownBy(() -> TensorLayout.of(reference(0, new long[] {3, 3}, strides, 100)))
          .isInstanceOf(TensorFileException.class)
          .hasMessageEndingWith("overlap; save tensor.contiguous()");
    }
  }

  @Test
  void a_dimension_of_one_element_may_have_any_stride() throws IOException {
    TensorLayout layout =
        TensorLayout.of(reference(1, new long[] {1, 3, 1}, new long[] {99, 1, 0}, 4));
    assertThat(layout.contiguous()).isTrue();
    assertThat(layout.extent()).isEqualTo(3);
  }

  @Test
  void an_empty_tensor_needs_no_storage_and_visits_nothing() throws IOException {
    TensorLayout layout =
        TensorLayout.of(
            reference(0, new long[] {Integer.MAX_VALUE, 0, 5}, new long[] {5, 5, 1}, 0));
    assertThat(layout.length()).isZero();
    layout.visit(
        (source, destination) -> {
          throw new AssertionError("it has no element");
        });
  }

  private static TensorReference reference(
      long offset, long[] shape, long[] strides, long available) {
    return new TensorReference(
        new StorageReference(NumberType.FLOAT32, "0", available, 0, available),
        offset,
        shape,
        strides);
  }
}
