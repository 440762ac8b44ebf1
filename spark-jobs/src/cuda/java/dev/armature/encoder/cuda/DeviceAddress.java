package dev.armature.encoder.cuda;

import dev.armature.encoder.EngineUnavailableException;

/** Which GPU of this process an address of the cluster means. */
final class DeviceAddress {
  private DeviceAddress() {}

  /**
   * The GPU's number, as CUDA counts those that this process sees.
   *
   * @param address as the discovery script told it; empty for the first
   * @param count how many GPUs there are
   * @throws EngineUnavailableException if there is none of that number
   */
  static int ordinal(String address, int count) {
    if (count < 1) {
      throw new EngineUnavailableException(unusable("CUDA sees no GPU here"));
    }
    if (address.isBlank()) {
      return 0;
    }
    int ordinal;
    try {
      ordinal = Integer.parseInt(address.strip());
    } catch (NumberFormatException otherwise) {
      throw new EngineUnavailableException(
          "Spark assigned the GPU '%s', expected its number: have spark.executor.resource.gpu.discoveryScript print those of docker/gpu-discovery"
              .formatted(address),
          otherwise);
    }
    if (ordinal < 0 || ordinal >= count) {
      throw new EngineUnavailableException(
          "Spark assigned GPU %d, and CUDA sees %d, numbered from 0: the discovery script must count the GPUs that the executor sees; look at CUDA_VISIBLE_DEVICES and at what %s prints in the executor's container"
              .formatted(ordinal, count, "spark.executor.resource.gpu.discoveryScript"));
    }
    return ordinal;
  }

  static String unusable(String found) {
    return "encoder.backend = %s needs a GPU of NVIDIA's, and %s: look at what nvidia-smi says on this host, whether the container was given a GPU, and at CUDA_VISIBLE_DEVICES; or %s"
        .formatted(CudaRelease.BACKENDS, found, CudaRelease.PROCESSOR);
  }
}
