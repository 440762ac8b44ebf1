package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import org.junit.jupiter.api.Test;

class DriverMemoryTest {
  private static final EncoderShape SHAPE =
      new EncoderShape(150, 32, 3, 128, 1, Recurrence.LOCKSTEP);

  @Test
  void a_state_is_query_key_velocity_and_queue_of_every_modality() {
    long encoder = new ParameterLayout(SHAPE).size();
    assertThat(DriverMemory.stateBytes(SHAPE, 2, 1000))
        .isEqualTo(2 * 4 * (3 * encoder + 1000 * 128));
  }

  @Test
  void queues_of_more_numbers_than_an_int_can_count_are_counted() {
    assertThat(DriverMemory.stateBytes(SHAPE, 3, 1 << 30)).isGreaterThan((3L * 4 * 128) << 30);
  }

  @Test
  void too_little_heap_is_refused_with_the_number_to_set() {
    assertThatThrownBy(() -> DriverMemory.require("queues of 9", 2_000_000_000L, 1_000_000_000L))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("queues of 9 need about 3 GB of heap on the driver, it has 1.0")
        .hasMessageContaining("ARMATURE_MEMORY=3g")
        .hasMessageContaining("--driver-memory 3g");
  }

  @Test
  void the_number_that_the_message_names_is_enough() {
    assertThatCode(() -> DriverMemory.require("queues of 9", 2_000_000_000L, 3L << 30))
        .doesNotThrowAnyException();
  }
}
