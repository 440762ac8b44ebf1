package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NeighbourSelectionTest {

  private static int[] selected(float[] similarities, int neighbours) {
    long[] bits = new NeighbourSelection(similarities.length, neighbours).select(similarities);
    return BitSet.valueOf(bits).stream().toArray();
  }

  private static int[] sorted(float[] similarities, int neighbours) {
    return IntStream.range(0, similarities.length)
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> -similarities[i]).thenComparing(i -> i))
        .limit(neighbours)
        .mapToInt(i -> i)
        .sorted()
        .toArray();
  }

  @Property
  void the_greatest_are_chosen_and_of_equal_ones_the_first(
      @ForAll @Size(min = 1, max = 300) @IntRange(min = -6, max = 6) int[] eighths,
      @ForAll @IntRange(min = 1, max = 300) int wanted) {
    float[] similarities = new float[eighths.length];
    for (int i = 0; i < eighths.length; i++) {
      similarities[i] = eighths[i] / 8f;
    }
    int neighbours = Math.min(wanted, eighths.length);
    assertThat(selected(similarities, neighbours)).isEqualTo(sorted(similarities, neighbours));
  }

  @Property(tries = 200)
  void any_numbers_are_ordered_as_numbers(
      @ForAll @Size(min = 1, max = 100) float[] similarities,
      @ForAll @IntRange(min = 1, max = 100) int wanted) {
    for (int i = 0; i < similarities.length; i++) {
      similarities[i] = similarities[i] + 0f;
    }
    int neighbours = Math.min(wanted, similarities.length);
    assertThat(selected(similarities, neighbours)).isEqualTo(sorted(similarities, neighbours));
  }

  @Test
  void values_that_differ_in_their_last_bit_are_told_apart() {
    float[] similarities = new float[1000];
    for (int i = 0; i < similarities.length; i++) {
      similarities[i] = Float.intBitsToFloat(Float.floatToRawIntBits(0.5f) + (i * 7919) % 1000);
    }
    assertThat(selected(similarities, 500)).isEqualTo(sorted(similarities, 500));
  }

  @Test
  void both_zeros_are_one_value() {
    assertThat(selected(new float[] {-1, -0f, 0f, -0f}, 2)).containsExactly(1, 2);
  }

  @Test
  void one_selection_serves_many_rows() {
    NeighbourSelection selection = new NeighbourSelection(130, 31);
    for (int seed = 0; seed < 20; seed++) {
      float[] row = Embeddings.numbers(seed, 130);
      assertThat(BitSet.valueOf(selection.select(row)).stream().toArray())
          .isEqualTo(sorted(row, 31));
    }
  }
}
