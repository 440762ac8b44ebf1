package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Recurrence;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors against double precision, with the roundings of a GPU's products done in main memory. */
class PrecisionErrorsTest {
  private static final EncoderShape SHAPE =
      new EncoderShape(30, 32, 3, 16, 1, Recurrence.LOCKSTEP);
  private static final EngineComparison STEP = new EngineComparison(SHAPE, 1, 64, 4, 1);

  private static PrecisionErrors errors(EncoderEngine engine) {
    try (engine;
        EncoderEngine exact = new Float64Engine(SHAPE, 1)) {
      return PrecisionErrors.of(STEP.run(engine), STEP.run(exact));
    }
  }

  @ParameterizedTest
  @CsvSource({"LOCKSTEP, 1", "LOCKSTEP, 2", "BIDIRECTIONAL, 2"})
  void double_precision_is_as_far_off_as_floats_are(
      Recurrence recurrence, int heads) {
    EncoderShape shape = new EncoderShape(9, 8, 2, 5, heads, recurrence);
    EngineComparison steps = new EngineComparison(shape, 2, 7, 5, 3);
    try (EncoderEngine exact = new Float64Engine(shape, 2);
        EncoderEngine engine = new CudaEngine(new HostDevice(), shape, 2, false)) {
      PrecisionErrors errors = PrecisionErrors.of(steps.run(engine), steps.run(exact));
      assertThat(errors.all()).isBetween(1e-9, 1e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(GpuPrecision.class)
  void rounded_factors_put_no_tensor_off_by_more_than_the_bound(GpuPrecision precision) {
    PrecisionErrors errors =
        errors(new CudaEngine(HostDevice.rounding(precision), SHAPE, 1, false));

    System.out.printf("%s: %s%n", precision.label(), errors);
    assertThat(errors.all()).isLessThan(EngineComparison.bound(precision));
  }

  @Test
  void fewer_bits_are_further_off() {
    double[] gradients =
        Arrays.stream(GpuPrecision.values())
            .map(each -> new CudaEngine(HostDevice.rounding(each), SHAPE, 1, false))
            .mapToDouble(engine -> errors(engine).gradients())
            .toArray();

    assertThat(gradients[1]).isGreaterThan(10 * gradients[0]);
    assertThat(gradients[2]).isGreaterThan(5 * gradients[1]);
  }
}
