package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.DeviceEngineMemory;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Recurrence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What preflight checks expect of a GPU's memory, against what an engine asks for. */
class DeviceEngineMemoryTest {
  private static final int FEATURES = 30;
  private static final int FRAMES = 8;

  /** Parameters are aligned on a device, and a library has gaps between them. */
  private static final double GAPS = 1.05;

  /** What is a library's own to say. */
  private static boolean recurrent(String purpose) {
    return purpose.startsWith("reserve ") || purpose.startsWith("work of GRU ");
  }

  private static boolean vectors(String purpose) {
    return purpose.startsWith("parameters ")
        || purpose.startsWith("momentum ")
        || purpose.startsWith("gradients ");
  }

  @ParameterizedTest
  @CsvSource({
    "3, 1, 3, LOCKSTEP, 6, 6",
    "3, 2, 2, LOCKSTEP, 5, 20",
    "2, 1, 1, BIDIRECTIONAL, 6, 12",
    "1, 2, 1, LOCKSTEP, 3, 3",
    "4, 1, 1, BIDIRECTIONAL, 4, 8"
  })
  void an_engine_takes_what_is_expected_for_a_step(
      int layers, int heads, int modalities, Recurrence recurrence, int batch, int ahead) {
    EncoderShape shape = new EncoderShape(FEATURES, 24, layers, 16, heads, recurrence);
    DeviceEngineMemory expected =
        new DeviceEngineMemory(shape, modalities, FRAMES, batch, ahead, GpuPrecision.FLOAT32);
    HostDevice device = new HostDevice();
    try (EncoderEngine engine = new CudaEngine(device, shape, modalities, false)) {
      float[][] queries =
          engine.embedQueries(Numbers.views(modalities, FRAMES, batch, FEATURES, 1));
      engine.embedKeys(Numbers.views(modalities, FRAMES, ahead, FEATURES, 2));
      engine.backward(queries);
      engine.update(0.01f, 0.9f, 0);

      long parameters = Float.BYTES * device.taken(DeviceEngineMemoryTest::vectors);
      assertThat((double) parameters)
          .isBetween((double) expected.parameters(), GAPS * expected.parameters());
      assertThat(Float.BYTES * (device.taken() - device.taken(DeviceEngineMemoryTest::recurrent)) - parameters)
          .isEqualTo(expected.activations());
      // Of the library in main memory, which takes less than is allowed for cuDNN.
      assertThat(Float.BYTES * device.taken(DeviceEngineMemoryTest::recurrent)).isLessThan(expected.recurrent());
    }
  }
}
