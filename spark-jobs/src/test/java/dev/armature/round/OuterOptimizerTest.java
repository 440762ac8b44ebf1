package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import dev.armature.encoder.TorchFixture;
import dev.armature.round.OuterOptimizer.Average;
import dev.armature.round.OuterOptimizer.Nesterov;
import dev.armature.round.OuterOptimizer.SlowMo;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OuterOptimizerTest {
  private static final TorchFixture TORCH = TorchFixture.of(OuterOptimizerTest.class, "outer.bin");

  private static void assertAsInTorch(String name, OuterOptimizer optimizer) {
    float[] rates = TORCH.values("rates");
    float[] momentum = new float[TORCH.values(name + ".0.published").length];
    for (int round = 0; round < rates.length; round++) {
      String prefix = name + "." + round + ".";
      float[] next = TORCH.values(prefix + "average").clone();
      optimizer.step(
          TORCH.values(prefix + "published"), next, momentum, rates[round], 0, next.length);
      assertThat(next)
          .as("round %d", round)
          .containsExactly(TORCH.values(prefix + "next"), within(2e-6f));
      float[] expected = TORCH.values(prefix + "momentum");
      for (int i = 0; i < expected.length; i++) {
        // What is divided by the rate is a difference of rounded numbers.
        assertThat(momentum[i])
            .isCloseTo(expected[i], within(1e-5f + 1e-5f * Math.abs(expected[i])));
      }
    }
  }

  @Test
  void slow_momentum_is_that_of_the_paper_on_pytorchs_workers() {
    assertAsInTorch("slowmo", new SlowMo(0.8, 0.6));
  }

  @Test
  void nesterov_is_pytorchs_on_the_outer_gradient() {
    assertAsInTorch("nesterov", new Nesterov(0.7, 0.9));
  }

  private static void assertAverage(OuterOptimizer optimizer, float[] published, float[] average) {
    float[] momentum = new float[average.length];
    float[] next = average.clone();
    for (int round = 0; round < 2; round++) {
      System.arraycopy(average, 0, next, 0, next.length);
      optimizer.step(published, next, momentum, 0.03, 0, next.length);
      for (int i = 0; i < next.length; i++) {
        assertThat(Float.floatToRawIntBits(next[i])).isEqualTo(Float.floatToRawIntBits(average[i]));
      }
    }
  }

  @Property(tries = 200)
  void without_momentum_and_at_rate_1_every_optimizer_is_the_average_bit_for_bit(
      @ForAll long seed, @ForAll @IntRange(min = -30, max = 10) int exponent) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] published = numbers(random, 8);
    float[] average = numbers(random, 8);
    for (int i = 0; i < 8; i++) {
      average[i] = Math.scalb(average[i], exponent);
    }
    assertAverage(new Average(), published, average);
    assertAverage(new SlowMo(1, 0), published, average);
    assertAverage(new Nesterov(1, 0), published, average);
  }

  @Test
  void a_negative_zero_stays_one() {
    float[] zeros = {-0f, 0f, -0f, 0f};
    assertAverage(new SlowMo(1, 0), new float[] {-0f, -0f, 0f, 0f}, zeros);
    assertAverage(new Nesterov(1, 0), new float[] {-0f, -0f, 0f, 0f}, zeros);
  }

  @Test
  void what_is_not_finite_stays_so() {
    for (OuterOptimizer optimizer : List.of(new SlowMo(1, 0), new Nesterov(0.7, 0.9))) {
      float[] next = {Float.NaN, Float.POSITIVE_INFINITY, 1};
      optimizer.step(new float[3], next, new float[3], 0.1, 0, 3);
      assertThat(Float.isFinite(next[0])).isFalse();
      assertThat(Float.isFinite(next[1])).isFalse();
      assertThat(next[2]).isFinite();
    }
  }

  @Test
  void running_statistics_stay_averages() {
    ParameterLayout layout =
        new ParameterLayout(new EncoderShape(6, 4, 1, 4, 1, Recurrence.LOCKSTEP));
    SplittableRandom random = new SplittableRandom(1);
    float[] published = numbers(random, layout.size());
    float[] average = numbers(random, layout.size());
    FloatBlock next = new FloatBlock(average.clone());
    OuterStep step = new OuterStep(new SlowMo(1, 0.5), layout, 1, List.of());
    step.apply(List.of(new FloatBlock(published)), List.of(next), 0.1);
    System.arraycopy(average, 0, next.values(), 0, average.length);
    step.apply(List.of(new FloatBlock(published)), List.of(next), 0.1);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
        if (tensor.statistic()) {
          assertThat(next.values()[i]).isEqualTo(average[i]);
          assertThat(step.momentum().get(0).values()[i]).isZero();
        } else {
          assertThat(next.values()[i]).isNotEqualTo(average[i]);
        }
      }
    }
  }

  @Test
  void momentum_that_a_run_goes_on_with_is_not_written_to() {
    ParameterLayout layout =
        new ParameterLayout(new EncoderShape(6, 4, 1, 4, 1, Recurrence.LOCKSTEP));
    float[] start = numbers(new SplittableRandom(2), layout.size());
    float[] before = start.clone();
    OuterStep step =
        new OuterStep(new Nesterov(0.7, 0.9), layout, 1, List.of(new FloatBlock(start)));
    assertThat(step.momentum().get(0).values()).isEqualTo(before);
    step.apply(
        List.of(new FloatBlock(new float[layout.size()])),
        List.of(new FloatBlock(numbers(new SplittableRandom(3), layout.size()))),
        0.1);
    assertThat(start).isEqualTo(before);
    assertThat(step.momentum().get(0).values()).isNotEqualTo(before);
  }

  private static float[] numbers(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble() - 0.5f;
    }
    return numbers;
  }
}
