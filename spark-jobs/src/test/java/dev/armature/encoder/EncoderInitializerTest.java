package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.encoder.ParameterLayout.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The expected bounds are those of the published code under PyTorch: {@code xavier_uniform_} sees a
 * GRU's three gates as one matrix of 3·hidden × inputs, and a bias that nobody sets again is
 * uniform within 1/√hidden in a GRU and within 1/√inputs in a linear layer.
 */
class EncoderInitializerTest {
  private static final int FEATURES = 30;
  private static final int HIDDEN = 24;
  private static final int EMBEDDING = 16;
  private static final EncoderShape SHAPE =
      new EncoderShape(FEATURES, HIDDEN, 3, EMBEDDING, 2, Recurrence.LOCKSTEP);

  @ParameterizedTest
  @CsvSource({"11, 0", "11, 2", "1, 1", "-9000000000, 0"})
  void every_tensor_has_the_published_distribution(long seed, int modality) {
    float[] values = EncoderInitializer.initialize(SHAPE, seed, modality);
    for (Tensor tensor : new ParameterLayout(SHAPE).tensors()) {
      float[] part = part(values, tensor);
      if (tensor.name().startsWith("input_norm.")) {
        boolean one = tensor.name().endsWith("weight") || tensor.name().endsWith("var");
        assertThat(part).as(tensor.name()).containsOnly(one ? 1 : 0);
      } else {
        assertUniform(tensor.name(), part, bound(tensor.name()));
      }
    }
  }

  private static double bound(String name) {
    String[] words = name.split("\\.", -1);
    String tensor = words[words.length - 1];
    boolean recurrent = words[0].equals("gru");
    return switch (tensor) {
      case "weight_input" ->
          Math.sqrt(6.0 / (3 * HIDDEN + (words[1].equals("0") ? FEATURES : 2 * HIDDEN)));
      case "weight_hidden" -> Math.sqrt(6.0 / (3 * HIDDEN + HIDDEN));
      case "weight" ->
          words[2].equals("1")
              ? Math.sqrt(6.0 / (EMBEDDING + 2 * HIDDEN))
              : 1 / Math.sqrt(2 * HIDDEN);
      default -> 1 / Math.sqrt(recurrent ? HIDDEN : 2 * HIDDEN);
    };
  }

  private static void assertUniform(String name, float[] part, double bound) {
    double sum = 0;
    double squares = 0;
    for (float value : part) {
      sum += value;
      squares += (double) value * value;
      assertThat(Math.abs(value)).as(name).isLessThanOrEqualTo((float) bound);
    }
    // Four standard errors, from the distribution's second and fourth moments.
    double variance = bound * bound / 3;
    assertThat(sum / part.length)
        .as("mean of %s", name)
        .isCloseTo(0, within(4 * Math.sqrt(variance / part.length)));
    assertThat(squares / part.length)
        .as("variance of %s", name)
        .isCloseTo(variance, within(4 * variance * Math.sqrt(0.8 / part.length)));
    // Kolmogorov and Smirnov's limit for a chance of one in ten thousand.
    assertThat(distanceFromUniform(part, bound))
        .as("distribution of %s", name)
        .isLessThan(2.23 / Math.sqrt(part.length));
  }

  /** The greatest distance between the sample's cumulative distribution and U(−bound, bound)'s. */
  private static double distanceFromUniform(float[] part, double bound) {
    float[] sorted = part.clone();
    Arrays.sort(sorted);
    double distance = 0;
    for (int i = 0; i < sorted.length; i++) {
      double expected = (sorted[i] / bound + 1) / 2;
      distance = Math.max(distance, expected - (double) i / sorted.length);
      distance = Math.max(distance, (i + 1.0) / sorted.length - expected);
    }
    return distance;
  }

  @Test
  void no_two_tensors_resemble_each_other() {
    float[] values = EncoderInitializer.initialize(SHAPE, 11, 0);
    float[] others = EncoderInitializer.initialize(SHAPE, 11, 1);
    ParameterLayout layout = new ParameterLayout(SHAPE);
    float[] forward = part(values, layout.tensor("gru.1.forward.weight_input"));
    assertUnrelated(forward, part(values, layout.tensor("gru.1.second.weight_input")));
    assertUnrelated(forward, part(values, layout.tensor("gru.2.forward.weight_input")));
    assertUnrelated(forward, part(others, layout.tensor("gru.1.forward.weight_input")));
  }

  private static void assertUnrelated(float[] one, float[] other) {
    double products = 0;
    double squares = 0;
    double otherSquares = 0;
    for (int i = 0; i < one.length; i++) {
      products += (double) one[i] * other[i];
      squares += (double) one[i] * one[i];
      otherSquares += (double) other[i] * other[i];
    }
    // Four standard errors of the correlation of independent numbers.
    assertThat(products / Math.sqrt(squares * otherSquares))
        .isCloseTo(0, within(4 / Math.sqrt(one.length)));
  }

  /** From initializer_oracle.py, which draws the same numbers in Python. */
  @ParameterizedTest
  @CsvSource({"11, 0, 940818709", "11, 1, 4035391705", "1, 2, 102983253"})
  void a_seed_gives_the_same_weights_on_every_machine(long seed, int modality, long checksum) {
    float[] values = EncoderInitializer.initialize(SHAPE, seed, modality);
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    CRC32 found = new CRC32();
    found.update(bytes);
    assertThat(found.getValue()).isEqualTo(checksum);
  }

  @Test
  void the_first_weights_of_a_seed_are_written_down() {
    float[] values = EncoderInitializer.initialize(SHAPE, 11, 0);
    float[] first = part(values, new ParameterLayout(SHAPE).tensor("gru.0.forward.weight_input"));
    assertThat(Arrays.copyOf(first, 3)).containsExactly(0.06334512f, -0.24191889f, -0.080443434f);
  }

  private static float[] part(float[] values, Tensor tensor) {
    return Arrays.copyOfRange(values, tensor.offset(), tensor.offset() + tensor.length());
  }
}
