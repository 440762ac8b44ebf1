package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.encoder.TorchFixture;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;

class Bfloat16Test {

  @Test
  void numbers_are_rounded_as_pytorch_rounds_them() {
    TorchFixture torch = TorchFixture.of(Bfloat16Test.class, "outer.bin");
    float[] given = torch.values("bfloat16.given");
    float[] expected = torch.values("bfloat16.rounded");
    assertThat(given).hasSizeGreaterThan(4096);
    for (int i = 0; i < given.length; i++) {
      float rounded = Bfloat16.value(Bfloat16.of(given[i]));
      assertThat(Float.floatToRawIntBits(rounded))
          .as("%s", given[i])
          .isEqualTo(Float.floatToRawIntBits(expected[i]));
    }
  }

  @Test
  void divergence_is_not_rounded_away() {
    // The last one is a NaN whose upper half alone would be an infinity.
    for (float number : new float[] {Float.NaN, Float.intBitsToFloat(0x7F800001)}) {
      assertThat(Bfloat16.value(Bfloat16.of(number))).isNaN();
    }
    for (float number : new float[] {1f / 0, -1f / 0, Float.MAX_VALUE}) {
      assertThat(Float.isInfinite(Bfloat16.value(Bfloat16.of(number)))).isTrue();
    }
  }

  @Property(tries = 50)
  void what_is_sent_and_what_is_kept_back_add_up_to_the_changes(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int rounds) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] published = new float[9];
    float[] end = new float[9];
    float[] error = new float[9];
    double[] sent = new double[9];
    double[] changed = new double[9];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < end.length; i++) {
        published[i] = (float) random.nextDouble(-1, 1);
        end[i] = published[i] + (float) random.nextDouble(-1e-3, 1e-3);
        changed[i] += end[i] - published[i];
      }
      ErrorFeedback.change(published, end, error, 0, 5).addTo(sent, 1);
      double[] second = new double[4];
      ErrorFeedback.change(published, end, error, 5, 4).addTo(second, 1);
      for (int i = 0; i < second.length; i++) {
        sent[5 + i] += second[i];
      }
    }
    for (int i = 0; i < sent.length; i++) {
      assertThat(sent[i] + error[i]).isCloseTo(changed[i], within(1e-9 * rounds));
      assertThat(error[i]).isCloseTo(0, within(8e-6f));
    }
  }

  @Test
  void changes_too_small_for_the_parameters_arrive_in_time() {
    float[] published = {100};
    float[] error = new float[1];
    double[] sent = new double[1];
    float step = Math.ulp(100f);
    for (int round = 0; round < 1000; round++) {
      ErrorFeedback.change(published, new float[] {100 + step}, error, 0, 1).addTo(sent, 1);
    }
    assertThat(sent[0]).isCloseTo(1000 * step, within(4.0 * step));
  }

  @Test
  void a_block_is_serialized_in_two_bytes_a_number() {
    float[] numbers = new float[300_000];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i - 1000;
    }
    BfloatBlock block = BfloatBlock.rounded(numbers, 1, numbers.length - 1);
    byte[] bytes = SerializationUtils.serialize(block);
    assertThat(bytes).hasSizeBetween(599_998, 604_000);
    BfloatBlock copy = SerializationUtils.deserialize(bytes);
    double[] expected = new double[block.length()];
    double[] found = new double[copy.length()];
    block.addTo(expected, 2);
    copy.addTo(found, 2);
    assertThat(found).isEqualTo(expected);
    assertThat(found[0]).isEqualTo(2 * Bfloat16.value(Bfloat16.of(-999)));
  }
}
