package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;

/** Compares what training has made of encoders, optimizer and queues. */
final class TrainingStateAssert {
  private final TrainingState actual;

  private TrainingStateAssert(TrainingState actual) {
    this.actual = actual;
  }

  static TrainingStateAssert assertThatState(TrainingState actual) {
    return new TrainingStateAssert(actual);
  }

  /** Bit for bit; the number of rounds it took is not compared. */
  void hasTheSameNumbersAs(TrainingState expected) {
    assertThat(actual.steps()).isEqualTo(expected.steps());
    assertThat(actual.epochs()).isEqualTo(expected.epochs());
    same(actual.model().query(), expected.model().query());
    same(actual.model().key(), expected.model().key());
    same(actual.model().velocity(), expected.model().velocity());
    assertThat(actual.queues().enqueued()).isEqualTo(expected.queues().enqueued());
    assertThat(actual.queues().keys()).isDeepEqualTo(expected.queues().keys());
  }

  /** Up to rounding, in encoders, optimizer and queues. */
  void hasNumbersCloseTo(TrainingState expected, float tolerance) {
    close(actual.model().query(), expected.model().query(), tolerance);
    close(actual.model().key(), expected.model().key(), tolerance);
    close(actual.model().velocity(), expected.model().velocity(), tolerance);
    assertThat(actual.queues().enqueued()).isEqualTo(expected.queues().enqueued());
    for (int m = 0; m < expected.queues().keys().length; m++) {
      assertThat(actual.queues().keys()[m])
          .containsExactly(expected.queues().keys()[m], within(tolerance));
    }
  }

  /** Everything of one modality, bit for bit. */
  void hasTheSameNumbersAs(TrainingState expected, int modality, int expectedModality) {
    assertThat(actual.model().query().get(modality).values())
        .isEqualTo(expected.model().query().get(expectedModality).values());
    assertThat(actual.model().key().get(modality).values())
        .isEqualTo(expected.model().key().get(expectedModality).values());
    assertThat(actual.model().velocity().get(modality).values())
        .isEqualTo(expected.model().velocity().get(expectedModality).values());
    assertThat(actual.queues().keys()[modality])
        .isEqualTo(expected.queues().keys()[expectedModality]);
  }

  private static void same(List<FloatBlock> actual, List<FloatBlock> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int m = 0; m < expected.size(); m++) {
      assertThat(actual.get(m).values()).isEqualTo(expected.get(m).values());
    }
  }

  private static void close(List<FloatBlock> actual, List<FloatBlock> expected, float tolerance) {
    Offset<Float> offset = within(tolerance);
    assertThat(actual).hasSameSizeAs(expected);
    for (int m = 0; m < expected.size(); m++) {
      assertThat(actual.get(m).values()).containsExactly(expected.get(m).values(), offset);
    }
  }
}
