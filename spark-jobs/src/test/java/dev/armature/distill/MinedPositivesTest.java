package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.distill.MiningSettings.Form;
import org.junit.jupiter.api.Test;

/** At a temperature where exponentials that are not shifted would be infinite. */
class MinedPositivesTest {
  private static final double TEMPERATURE = 1e-3;

  /** The second and third key of four are mined. */
  private static final TeacherTargets.Row TEACHER =
      new TeacherTargets.Row(new long[] {0b110}, new float[] {0.5f, 0.5f}, -Math.log(2));

  private final float[] coefficients = new float[4];

  private MinedPositives logOfSum() {
    return new MinedPositives(new MiningSettings(2, Form.LOG_OF_SUM, false), 4, TEMPERATURE);
  }

  @Test
  void mined_positives_far_above_the_key_take_the_whole_likelihood() {
    MinedPositives mining = logOfSum();
    float[] similarities = {0.1f, 0.9f, 0.9f, 0.2f};
    double correction = mining.correct(TEACHER, similarities, -0.9f, 0.5, coefficients);
    assertThat(correction).isCloseTo(-1.8 / TEMPERATURE - Math.log(2), within(1e-3));
    assertThat(coefficients).containsExactly(new float[] {0, -250, -250, 0}, within(1e-3f));
    assertThat(mining.positiveCoefficient()).isCloseTo(500, within(1e-3f));
  }

  @Test
  void mined_positives_far_below_the_key_change_nothing() {
    MinedPositives mining = logOfSum();
    float[] similarities = {0.1f, -0.9f, -0.8f, 0.2f};
    assertThat(mining.correct(TEACHER, similarities, 0.9f, 0.5, coefficients)).isZero();
    assertThat(coefficients).containsOnly(0f);
    assertThat(mining.positiveCoefficient()).isZero();
  }
}
