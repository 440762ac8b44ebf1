package dev.armature.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
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
