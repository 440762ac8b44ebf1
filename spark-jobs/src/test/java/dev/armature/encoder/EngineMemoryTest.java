package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineMemoryTest {

  private static EncoderShape shape(int features, int hidden) {
    return new EncoderShape(features, hidden, 3, 128, 1, Recurrence.LOCKSTEP);
  }

  @ParameterizedTest
  @CsvSource({
    "150, 64, 64, 64",
    "150, 256, 64, 64",
    "150, 256, 16, 32",
    "60, 8, 16, 32",
    "30, 100, 20, 8"
  })
  void what_oneDNN_asks_for_is_not_underestimated_and_not_by_half_overestimated(
      int features, int hidden, int frames, int batch) {
    EngineMemory memory = new EngineMemory(shape(features, hidden), 3, frames, batch, batch);
    try (engine cpu = new engine(dnnl.dnnl_cpu, 0)) {
      for (int input : new int[] {features, 2 * hidden}) {
        GruShape gru = new GruShape(frames, batch, input, hidden, 2 * hidden, false);
        try (OneDnnGru training = new OneDnnGru(cpu, gru, true);
            OneDnnGru inference = new OneDnnGru(cpu, gru, false)) {
          assertThat(memory.trace(input))
              .isBetween(
                  training.workspaceBytes(),
                  overestimated(training.workspaceBytes(), frames * batch));
          assertThat(memory.pad())
              .isGreaterThanOrEqualTo(
                  Math.max(training.scratchpadBytes(), inference.scratchpadBytes()));
        }
      }
    }
  }

  /** By half, and by a line for each of the 14 rows that every frame of a sequence has. */
  private static long overestimated(long bytes, int rows) {
    return bytes * 3 / 2 + 14L * 16 * Float.BYTES * rows;
  }

  @Test
  void everything_that_is_kept_for_a_step_grows_with_batch_and_frames() {
    EngineMemory small = new EngineMemory(shape(150, 64), 3, 16, 32, 32);
    EngineMemory longer = new EngineMemory(shape(150, 64), 3, 32, 32, 32);
    EngineMemory wider = new EngineMemory(shape(150, 64), 3, 16, 64, 64);

    assertThat(longer.activations()).isGreaterThan(small.activations());
    assertThat(longer.traces()).isGreaterThan(small.traces());
    assertThat(wider.activations()).isEqualTo(2 * small.activations());
    assertThat(wider.traces()).isEqualTo(2 * small.traces());
    assertThat(wider.parameters()).isEqualTo(small.parameters());
  }

  @Test
  void parameters_are_query_key_velocity_and_gradient_of_every_modality() {
    assertThat(new EngineMemory(shape(150, 64), 2, 16, 32, 32).parameters())
        .isEqualTo(2L * 4 * 4 * new ParameterLayout(shape(150, 64)).size());
  }

  @Test
  void keys_that_are_computed_ahead_take_scratch_and_nothing_else_outside_of_the_heap() {
    EngineMemory step = new EngineMemory(shape(150, 64), 3, 16, 32, 32);
    EngineMemory round = new EngineMemory(shape(150, 64), 3, 16, 32, 256);

    assertThat(round.scratch()).isGreaterThan(step.scratch());
    assertThat(round.heap()).isGreaterThan(step.heap());
    assertThat(round.activations()).isEqualTo(step.activations());
    assertThat(round.traces()).isEqualTo(step.traces());
  }
}
