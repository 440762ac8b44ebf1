package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class LabelledDrawTest {
  /** 100 of class 0, 50 of class 1, 3 of class 2, none of class 3. */
  private static final int[] LABELS =
      IntStream.range(0, 153).map(row -> row < 100 ? 0 : row < 150 ? 1 : 2).toArray();

  @Property(tries = 50)
  void every_class_has_its_share_and_at_least_one(
      @ForAll @DoubleRange(min = 0.01, max = 1) double fraction, @ForAll long seed) {
    int[] drawn = LabelledDraw.of(LABELS, 4, fraction, seed);

    assertThat(drawn).isSorted().doesNotHaveDuplicates();
    int[] counts = new int[4];
    Arrays.stream(drawn).forEach(row -> counts[LABELS[row]]++);
    assertThat(counts)
        .containsExactly(
            (int) Math.max(1, Math.round(fraction * 100)),
            (int) Math.max(1, Math.round(fraction * 50)),
            (int) Math.max(1, Math.round(fraction * 3)),
            0);
  }

  @Property(tries = 50)
  void the_labels_of_a_smaller_fraction_are_among_those_of_a_larger_one(
      @ForAll @DoubleRange(min = 0.01, max = 1) double one,
      @ForAll @DoubleRange(min = 0.01, max = 1) double other,
      @ForAll long seed) {
    int[] few = LabelledDraw.of(LABELS, 4, Math.min(one, other), seed);
    int[] many = LabelledDraw.of(LABELS, 4, Math.max(one, other), seed);

    assertThat(many).contains(few);
  }

  @Test
  void fractions_with_the_same_shares_draw_the_same_labels() {
    int[] few = {0, 0, 1, 1, 2, 2};

    assertThat(LabelledDraw.shares(few, 3, 0.01))
        .isEqualTo(LabelledDraw.shares(few, 3, 0.2))
        .containsExactly(1, 1, 1);
    assertThat(LabelledDraw.of(few, 3, 0.01, 5)).isEqualTo(LabelledDraw.of(few, 3, 0.2, 5));
    assertThat(LabelledDraw.shares(few, 3, 0.75)).containsExactly(2, 2, 2);
  }

  @Test
  void draws_depend_on_their_seed_alone() {
    assertThat(LabelledDraw.of(LABELS, 4, 0.1, 5))
        .isEqualTo(LabelledDraw.of(LABELS, 4, 0.1, 5))
        .isNotEqualTo(LabelledDraw.of(LABELS, 4, 0.1, 6));
  }
}
