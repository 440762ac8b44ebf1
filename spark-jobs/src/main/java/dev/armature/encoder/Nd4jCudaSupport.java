package dev.armature.encoder;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Refuses GPUs on which ND4J's CUDA backend cannot run, in builds that have it (profile {@code
 * nd4j-cuda}): its library has machine code up to compute capability 8.6, which 8.9 runs as well,
 * and none that a driver could translate for a newer GPU.
 */
public final class Nd4jCudaSupport {
  /** The newest compute capability that runs the library's machine code. */
  private static final int NEWEST = 89;

  private static final boolean IN_BUILD =
      Nd4jCudaSupport.class
              .getClassLoader()
              .getResource("org/nd4j/linalg/jcublas/JCublasBackend.class")
          != null;

  private Nd4jCudaSupport() {}

  /** What to change in order to compute on the processor, in the words of an error. */
  public static String processor() {
    return IN_BUILD
        ? "build without the profile nd4j-cuda and set encoder.backend = onednn to compute on the processor"
        : "set encoder.backend = onednn to compute on the processor";
  }

  /**
   * Looks at the GPUs that this process sees, where the build has ND4J's CUDA backend.
   *
   * @throws EngineUnavailableException if one is too new, or there is none
   */
  public static void require() {
    require(IN_BUILD, GpuDriver::gpus);
  }

  private static List<GpuDriver.Gpu> found(Supplier<List<GpuDriver.Gpu>> gpus) {
    try {
      return gpus.get();
    } catch (EngineUnavailableException unusable) {
      throw new EngineUnavailableException(
          "this build has ND4J's CUDA backend (profile nd4j-cuda), and %s, or build without the profile"
              .formatted(unusable.getMessage()),
          unusable);
    }
  }

  /**
   * Looks whether ND4J's arrays are in main memory, where a backend needs them.
   *
   * @throws EngineUnavailableException if they are on a GPU
   */
  static void requireMainMemory(EncoderBackend backend) {
    notInMainMemory(backend)
        .ifPresent(
            reason -> {
              throw new EngineUnavailableException(reason);
            });
  }

  /** Why a backend that computes in main memory cannot; empty if it can. */
  static Optional<String> notInMainMemory(EncoderBackend backend) {
    return notInMainMemory(backend, IN_BUILD);
  }

  static Optional<String> notInMainMemory(EncoderBackend backend, boolean inBuild) {
    return inBuild
        ? Optional.of(
            "encoder.backend = %s computes in main memory, and ND4J's arrays are on a GPU in this build (profile nd4j-cuda): set encoder.backend = nd4j-cuda, or build without the profile"
                .formatted(backend.label()))
        : Optional.empty();
  }

  static void require(boolean inBuild, Supplier<List<GpuDriver.Gpu>> gpus) {
    if (!inBuild) {
      return;
    }
    List<GpuDriver.Gpu> found = found(gpus);
    if (found.isEmpty()) {
      throw new EngineUnavailableException(
          "this build has ND4J's CUDA backend (profile nd4j-cuda), and NVIDIA's driver shows no GPU here: look at nvidia-smi and CUDA_VISIBLE_DEVICES, or build without the profile");
    }
    for (GpuDriver.Gpu gpu : found) {
      if (gpu.capability() > NEWEST) {
        throw new EngineUnavailableException(
            "this build has ND4J's CUDA backend (profile nd4j-cuda), whose binaries end at compute capability 8.9, and GPU %d (%s) has %d.%d: build with -Pcuda instead, and set encoder.backend = cudnn"
                .formatted(gpu.number(), gpu.name(), gpu.capability() / 10, gpu.capability() % 10));
      }
    }
  }
}
