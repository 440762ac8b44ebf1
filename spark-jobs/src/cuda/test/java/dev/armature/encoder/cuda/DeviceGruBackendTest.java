package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Recurrence;
import dev.armature.encoder.cuda.HostDevice.Order;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceGruBackendTest {

  private static EncoderShape shape(Recurrence recurrence, int layers, int heads) {
    return new EncoderShape(9, 6, layers, 4, heads, recurrence);
  }

  private static EncoderEngine onArrays(HostDevice device, EncoderShape shape) {
    return EncoderEngines.onArrays(
        shape, 2, new DeviceGruBackend(device, new HostArrays(device), "a test"));
  }

  @ParameterizedTest
  @CsvSource({
    "LOCKSTEP, 1, 1",
    "LOCKSTEP, 3, 2",
    "BIDIRECTIONAL, 2, 1",
    "BIDIRECTIONAL, 3, 1"
  })
  void graphs_on_arrays_with_grus_on_a_device_compute_what_the_processors_engine_does(
      Recurrence recurrence, int layers, int heads) {
    EncoderShape shape = shape(recurrence, layers, heads);
    HostDevice device = new HostDevice(Order.LATE, JavaKernels::new, Long.MAX_VALUE);
    try (EncoderEngine found = onArrays(device, shape);
        EncoderEngine expected = EncoderEngines.open(shape, 2, EncoderBackend.ONEDNN, 1)) {
      // Of two sizes, so that buffers and plans are made anew.
      for (int batch : new int[] {5, 3}) {
        EngineComparison comparison = new EngineComparison(shape, 2, 7, batch, 2);
        Map<String, float[]> ours = comparison.run(found);
        assertThat(EngineComparison.compare(ours, comparison.run(expected)))
            .hasSizeGreaterThan(20)
            .allMatch(each -> each.relative() < EngineComparison.bound(GpuPrecision.FLOAT32));
      }
    }
    assertThat(device.open()).as("what was not closed").isZero();
    assertThat(device.closed()).isTrue();
  }

  @Test
  void a_device_with_too_little_memory_is_named_and_nothing_stays_open() {
    EncoderShape shape = shape(Recurrence.LOCKSTEP, 2, 1);
    HostDevice device = new HostDevice(Order.LATE, JavaKernels::new, 400);
    try (EncoderEngine engine = onArrays(device, shape)) {
      EngineComparison comparison = new EngineComparison(shape, 2, 7, 5, 1);
      assertThatThrownBy(() -> comparison.run(engine))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("too little memory");
    }
    assertThat(device.open()).isZero();
  }
}
