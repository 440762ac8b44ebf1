package dev.armature.encoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EngineProvider;
import dev.armature.encoder.EngineUnavailableException;
import dev.armature.encoder.GpuPrecision;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said where there is no GPU, or not the one that was asked for. */
class CudaErrorsTest {

  @Test
  void this_build_has_the_engine() {
    assertThat(EncoderEngines.missing(EncoderBackend.CUDNN)).isEmpty();
    assertThat(EncoderEngines.provider(EncoderBackend.CUDNN)).isInstanceOf(CudaProvider.class);
  }

  @Test
  void a_missing_driver_or_library_is_named_with_what_to_do() {
    Assumptions.assumeFalse(
        Files.exists(Path.of("/dev/nvidiactl")), "this machine has a driver of NVIDIA's");
    EngineProvider provider = EncoderEngines.provider(EncoderBackend.CUDNN);

    assertThatThrownBy(() -> provider.describe("", GpuPrecision.FLOAT32))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContainingAll("encoder.backend = cudnn needs", "onednn")
        .extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING)
        .containsAnyOf("libcuda.so.1", "libcublas.so.13", "libcudnn.so.9", "cudaGetDeviceCount");
  }

  @ParameterizedTest
  @CsvSource({"'', 0", "0, 0", "' 3', 3"})
  void an_address_is_the_number_of_a_gpu(String address, int expected) {
    assertThat(DeviceAddress.ordinal(address, 4)).isEqualTo(expected);
  }

  @Test
  void an_address_of_no_gpu_is_refused_with_both_numbers() {
    assertThatThrownBy(() -> DeviceAddress.ordinal("4", 4))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContainingAll("GPU 4", "CUDA sees 4", "CUDA_VISIBLE_DEVICES");
    assertThatThrownBy(() -> DeviceAddress.ordinal("MIG-1", 4))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContainingAll("MIG-1", "docker/gpu-discovery");
    assertThatThrownBy(() -> DeviceAddress.ordinal("", 0))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContainingAll("no GPU", "nvidia-smi");
  }

  @ParameterizedTest
  @CsvSource({"90, sm_90", "80, sm_80", "103, compute_100", "89, compute_86"})
  void kernels_are_compiled_for_the_gpu_or_for_the_nearest_older_one(
      int capability, String expected) {
    assertThat(ArchitectureOption.of(capability, new int[] {75, 80, 86, 90, 100}))
        .isEqualTo("--gpu-architecture=" + expected);
  }

  @Test
  void a_gpu_older_than_the_compiler_knows_is_refused() {
    assertThatThrownBy(() -> ArchitectureOption.of(70, new int[] {75, 80}))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContainingAll("7.0", "7.5, 8.0");
  }

  @Test
  void an_older_gpu_computes_floats_alone() {
    CudaDevice.requirePrecision(7, GpuPrecision.FLOAT32);
    CudaDevice.requirePrecision(8, GpuPrecision.BFLOAT16);
    assertThatThrownBy(() -> CudaDevice.requirePrecision(7, GpuPrecision.TF32))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContainingAll("gpu.precision = tf32", "float32");
  }

  @Test
  void a_failed_call_is_named_with_code_meaning_and_device() {
    CudaStatus status = new CudaStatus("GPU 3 (some GPU)");
    status.require(0, "cudaFree", code -> "unused", code -> "unused");
    assertThatThrownBy(
            () ->
                status.require(
                    700, "cudaFree", code -> "cudaErrorIllegalAddress", code -> "bad address"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "cudaFree failed on GPU 3 (some GPU) with 700, cudaErrorIllegalAddress: bad address");
  }

  @Test
  void what_cudnn_has_nothing_for_is_told_with_the_setting_to_change() {
    CudaStatus status = new CudaStatus("GPU 3", "set gpu.gru = standard");
    assertThat(status.advice(3002)).isEqualTo("; set gpu.gru = standard");
    assertThat(status.advice(5000)).isEmpty();
    assertThat(new CudaStatus("GPU 3").advice(3000)).isEmpty();
  }

  @Test
  void main_memory_that_may_not_be_moved_is_told_with_what_to_change() {
    assertThat(OutOfMemory.ofMainMemory("GPU 3", 8 << 20, "out of memory"))
        .contains("GPU 3", "8.4 MB", "out of memory", "spark.executor.memoryOverhead");
  }

  @Test
  void cudnns_version_is_told_as_people_do() {
    assertThat(CudaDevice.version(91901)).isEqualTo("9.19.1");
    assertThat(CudaDevice.version(8302)).isEqualTo("8.3.2");
  }
}
