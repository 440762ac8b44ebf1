package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.encoder.ParameterLayout.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EncoderInitializerTest {
  private static final EncoderShape SHAPE = new EncoderShape(30, 24, 2, 16, 2, Recurrence.LOCKSTEP);

  @Test
  void every_tensor_has_the_published_distribution() {
    float[] values = EncoderInitializer.initialize(SHAPE, 11, 0);
    for (Tensor tensor : new ParameterLayout(SHAPE).tensors()) {
      float[] part = Arrays.copyOfRange(values, tensor.offset(), tensor.offset() + tensor.length());
      if (tensor.name().startsWith("input_norm.")) {
        boolean one = tensor.name().endsWith("weight") || tensor.name().endsWith("var");
        assertThat(part).as(tensor.name()).containsOnly(one ? 1 : 0);
      } else {
        assertUniform(tensor, part, bound(tensor));
      }
    }
  }

  private static double bound(Tensor tensor) {
    int in = tensor.shape().get(0);
    if (tensor.name().contains("weight_") || tensor.name().endsWith("1.weight")) {
      return Math.sqrt(6.0 / (in + tensor.shape().get(1)));
    }
    if (tensor.name().contains("bias_")) {
      return 1 / Math.sqrt(24.0);
    }
    return 1 / Math.sqrt(48.0);
  }

  private static void assertUniform(Tensor tensor, float[] part, double bound) {
    double squares = 0;
    double largest = 0;
    for (float value : part) {
      squares += (double) value * value;
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest)
        .as("largest of %s", tensor.name())
        .isBetween(0.7 * bound, bound * (1 + 1e-6));
    // Four standard errors of the mean square of a uniform distribution.
    double variance = bound * bound / 3;
    double error = variance * Math.sqrt(0.8 / part.length);
    assertThat(squares / part.length)
        .as("variance of %s", tensor.name())
        .isCloseTo(variance, within(4 * error));
  }

  @Test
  void the_same_seed_gives_the_same_weights_on_every_machine() {
    float[] values = EncoderInitializer.initialize(SHAPE, 11, 0);
    assertThat(EncoderInitializer.initialize(SHAPE, 11, 0)).containsExactly(values);
    int first = new ParameterLayout(SHAPE).tensor("gru.0.forward.weight_input").offset();
    assertThat(Arrays.copyOfRange(values, first, first + 3)).containsExactly(GOLDEN);
  }

  /** Written down once; a generator that changes would change every published run. */
  private static final float[] GOLDEN = {0.06334512f, -0.24191889f, -0.080443434f};

  @Test
  void seeds_and_modalities_have_weights_of_their_own() {
    float[] values = EncoderInitializer.initialize(SHAPE, 11, 0);
    assertThat(EncoderInitializer.initialize(SHAPE, 12, 0)).isNotEqualTo(values);
    assertThat(EncoderInitializer.initialize(SHAPE, 11, 1)).isNotEqualTo(values);
  }
}
