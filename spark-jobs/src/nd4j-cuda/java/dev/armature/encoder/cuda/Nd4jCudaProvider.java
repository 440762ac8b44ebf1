package dev.armature.encoder.cuda;

import dev.armature.encoder.DeviceDescription;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineProvider;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.EngineUnavailableException;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.GpuGru;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Nd4jCudaSupport;
import org.bytedeco.cuda.global.cusolver;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.jcublas.JCublasBackend;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens engines of DL4J's graphs on ND4J's CUDA arrays. */
public final class Nd4jCudaProvider implements EngineProvider {
  private static final Logger LOG = LoggerFactory.getLogger(Nd4jCudaProvider.class);

  /** For {@link java.util.ServiceLoader}. */
  public Nd4jCudaProvider() {}

  @Override
  public EncoderBackend backend() {
    return EncoderBackend.ND4J_CUDA;
  }

  @Override
  public DeviceDescription describe(String gpu, GpuPrecision precision) {
    require();
    GpuExecution execution = new GpuExecution(precision, GpuGru.STANDARD, false);
    try (CudaDevice device = CudaDevice.open(gpu, execution)) {
      return new DeviceDescription(
          "DL4J's graph on ND4J's CUDA arrays, GRUs by cuDNN, on " + device.description(),
          device.memory().all());
    }
  }

  @Override
  public EncoderEngine open(EncoderShape shape, int modalities, EngineSettings settings) {
    require();
    CudaDevice device = CudaDevice.open(settings.gpu(), settings.execution());
    LOG.info(
        "Encoders are computed by DL4J on ND4J's CUDA arrays, GRUs by cuDNN in {}, on {}",
        settings.execution().precision().label(),
        device.description());
    DeviceGruBackend grus =
        new DeviceGruBackend(device, new Nd4jCudaArrays(), "GRUs of ND4J's arrays");
    return EncoderEngines.onArrays(shape, modalities, grus, grus.memory());
  }

  /** Looks at the GPU, at all libraries, and at where ND4J has its arrays. */
  private static void require() {
    Nd4jCudaSupport.require();
    CudaLibraries.load();
    Class<?> backend;
    try {
      // A library of ND4J's own, which it does not name by itself.
      Loader.load(cusolver.class);
      backend = Nd4j.getBackend().getClass();
    } catch (LinkageError missing) {
      throw new EngineUnavailableException(
          CudaLibraries.message(
              "cuSOLVER (libcusolver.so.11) and ND4J's library for CUDA", missing),
          missing);
    }
    if (backend != JCublasBackend.class) {
      throw new EngineUnavailableException(
          "ND4J has taken %s in the place of its CUDA backend: its log says why, at the start of this process"
              .formatted(backend.getSimpleName()));
    }
    int visible = Nd4j.getAffinityManager().getNumberOfDevices();
    if (visible != 1) {
      throw new EngineUnavailableException(
          "this process sees %d GPUs, and ND4J would give its threads one or the other by turns: have every executor see its own alone, by its container or by CUDA_VISIBLE_DEVICES, with spark.executor.resource.gpu.amount=1; or set encoder.backend = cudnn"
              .formatted(visible));
    }
  }
}
