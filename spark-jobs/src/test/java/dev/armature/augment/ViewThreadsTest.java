package dev.armature.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewThreadsTest {
  private static final int SEQUENCES = 27;
  private static final SkeletonLayout LAYOUT = Recordings.chain(4);

  private static ViewGenerator generator() {
    return new ViewGenerator(
        AugmentSettings.PUBLISHED, LAYOUT, 1, List.of(Modality.JOINT, Modality.BONE));
  }

  private static List<SkeletonSequence> sequences() {
    List<SkeletonSequence> sequences = new ArrayList<>();
    for (int i = 0; i < SEQUENCES; i++) {
      sequences.add(Recordings.random("sequence " + i, 20 + i, 1, 4));
    }
    return sequences;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void views_are_the_same_to_the_bit_whatever_the_number_of_threads(int threads) {
    ViewGenerator one = generator();
    ViewBatch[] expected = {one.batch(SEQUENCES), one.batch(SEQUENCES)};
    one.training(sequences(), 3, 2, expected[0], expected[1], 0);

    ViewBatch[] found = {one.batch(SEQUENCES), one.batch(SEQUENCES)};
    try (ViewThreads several = ViewThreads.of(threads, ViewThreadsTest::generator)) {
      several.start(sequences(), 3, 2, found[0], found[1]).await();
    }
    assertThat(found[0].inputs()).isDeepEqualTo(expected[0].inputs());
    assertThat(found[1].inputs()).isDeepEqualTo(expected[1].inputs());
    assertThat(found[0].inputs()).isNotEqualTo(found[1].inputs());
  }

  @Test
  void a_batch_that_nobody_waited_for_does_not_get_in_the_next_ones_way() {
    ViewGenerator shape = generator();
    ViewBatch[] expected = {shape.batch(SEQUENCES), shape.batch(SEQUENCES)};
    shape.training(sequences(), 3, 40, expected[0], expected[1], 0);

    ViewBatch[] found = {shape.batch(SEQUENCES), shape.batch(SEQUENCES)};
    try (ViewThreads several = ViewThreads.of(3, ViewThreadsTest::generator)) {
      for (int epoch = 0; epoch < 40; epoch++) {
        several.start(sequences(), 3, epoch, found[0], found[1]);
      }
      several.start(sequences(), 3, 40, found[0], found[1]).await();
    }
    assertThat(found[0].inputs()).isDeepEqualTo(expected[0].inputs());
    assertThat(found[1].inputs()).isDeepEqualTo(expected[1].inputs());
  }

  @Test
  void an_error_stays_what_it_is() {
    ViewGenerator shape = generator();
    try (ViewThreads several = ViewThreads.of(1, ViewThreadsTest::generator)) {
      // A list that has no memory left.
      List<SkeletonSequence> exhausted =
          new AbstractList<>() {
            @Override
            public SkeletonSequence get(int index) {
              throw new OutOfMemoryError("Java heap space");
            }

            @Override
            public int size() {
              return SEQUENCES;
            }
          };
      ViewThreads.Making making =
          several.start(exhausted, 3, 2, shape.batch(SEQUENCES), shape.batch(SEQUENCES));
      assertThatThrownBy(making::await).isInstanceOf(OutOfMemoryError.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_sequence_that_does_not_fit_fails_its_batch_and_not_the_next(int threads) {
    List<SkeletonSequence> wrong = new ArrayList<>(sequences());
    wrong.set(20, Recordings.random("other joints", 30, 1, 7));
    ViewGenerator shape = generator();
    ViewBatch first = shape.batch(SEQUENCES);
    ViewBatch second = shape.batch(SEQUENCES);
    try (ViewThreads several = ViewThreads.of(threads, ViewThreadsTest::generator)) {
      ViewThreads.Making making = several.start(wrong, 3, 2, first, second);
      assertThatThrownBy(making::await).isInstanceOf(IllegalArgumentException.class);

      several.start(sequences(), 3, 2, first, second).await();
      ViewBatch[] expected = {shape.batch(SEQUENCES), shape.batch(SEQUENCES)};
      shape.training(sequences(), 3, 2, expected[0], expected[1], 0);
      assertThat(first.inputs()).isDeepEqualTo(expected[0].inputs());
    }
  }
}
