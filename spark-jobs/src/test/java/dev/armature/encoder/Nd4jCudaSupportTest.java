package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.armature.encoder.GpuDriver.Gpu;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class Nd4jCudaSupportTest {
  private static final Gpu ADA = new Gpu(0, "L40S", 89);
  private static final Gpu HOPPER = new Gpu(1, "H100", 90);

  @Test
  void a_gpu_newer_than_the_librarys_machine_code_is_refused_with_the_engine_that_runs_there() {
    assertThatThrownBy(() -> Nd4jCudaSupport.require(true, () -> List.of(ADA, HOPPER)))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContainingAll(
            "GPU 1 (H100) has 9.0", "end at compute capability 8.9", "-Pcuda", "cudnn");
  }

  @Test
  void older_gpus_are_taken_and_none_is_refused() {
    assertThatCode(() -> Nd4jCudaSupport.require(true, () -> List.of(ADA)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Nd4jCudaSupport.require(true, List::of))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContaining("no GPU");
  }

  @Test
  void a_driver_that_is_missing_is_told_together_with_the_profile_that_needs_it() {
    assertThatThrownBy(
            () ->
                Nd4jCudaSupport.require(
                    true,
                    () -> {
                      throw new EngineUnavailableException("the driver cannot be loaded");
                    }))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessage(
            "this build has ND4J's CUDA backend (profile nd4j-cuda), and the driver cannot be loaded, or build without the profile");
  }

  @Test
  void nothing_is_asked_where_the_build_has_no_such_backend() {
    assertThatCode(
            () ->
                Nd4jCudaSupport.require(
                    false,
                    () -> {
                      throw new AssertionError("the driver was asked");
                    }))
        .doesNotThrowAnyException();
  }

  @Test
  void what_computes_in_main_memory_is_refused_where_arrays_are_on_a_gpu() {
    assertThat(Nd4jCudaSupport.notInMainMemory(EncoderBackend.ONEDNN, true).orElseThrow())
        .contains("encoder.backend = onednn", "encoder.backend = nd4j-cuda", "without the profile");
    assertThat(Nd4jCudaSupport.notInMainMemory(EncoderBackend.ONEDNN, false)).isEmpty();
  }

  @Test
  void a_missing_driver_is_named() {
    assumeFalse(Files.exists(Path.of("/dev/nvidiactl")), "this machine has a driver of NVIDIA's");

    assertThatThrownBy(GpuDriver::gpus)
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageContaining("libcuda.so.1");
  }
}
