package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EncoderWorkTest {
  @Test
  void the_published_encoder_takes_five_and_three_quarter_gigaflop_a_sequence() {
    EncoderShape shape = new EncoderShape(150, 1024, 3, 128, 1, Recurrence.LOCKSTEP);
    // 64 frames · 4 · 3072 · (1174 + 2 · 3072) and 2 · (2048² + 2048 · 128)
    double expected = 64.0 * 4 * 3072 * 7318 + 2 * (4194304.0 + 262144);
    assertThat(EncoderWork.forward(shape, 64)).isCloseTo(expected, within(1.0));
    assertThat(EncoderWork.step(shape, 3, 64, 64)).isCloseTo(12 * 64 * expected, within(1e3));
  }
}
