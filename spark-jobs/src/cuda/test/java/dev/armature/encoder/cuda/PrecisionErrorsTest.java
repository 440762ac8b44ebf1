package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Recurrence;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors against double precision, with the roundings of a GPU's products done in main memory. */
class PrecisionErrorsTest {
  private static final EncoderShape SHAPE =
      new EncoderShape(30, 32, 3, 16, 1, Recurrence.LOCKSTEP);
  private static final EngineComparison STEP = new EngineComparison(SHAPE, 1, 64, 4, 1);

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

  @Test
  void rounded_factors_are_within_the_bounds_and_fewer_bits_further_off() {
    Map<String, float[]> exact;
    try (EncoderEngine engine = new Float64Engine(SHAPE, 1)) {
      exact = STEP.run(engine);
    }
    double before = 0;
    for (GpuPrecision precision : GpuPrecision.values()) {
      try (EncoderEngine engine =
          new CudaEngine(HostDevice.rounding(precision), SHAPE, 1, false)) {
        PrecisionErrors errors = PrecisionErrors.of(STEP.run(engine), exact);
        assertThat(errors.all())
            .as("%s: %s", precision.label(), errors)
            .isLessThan(EngineComparison.bound(precision))
            .isGreaterThan(5 * before);
        before = errors.all();
      }
    }
  }
}
