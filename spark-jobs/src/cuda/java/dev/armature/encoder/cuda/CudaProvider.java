package dev.armature.encoder.cuda;

import dev.armature.encoder.DeviceDescription;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineProvider;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.GpuGru;
import dev.armature.encoder.GpuPrecision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens engines on NVIDIA's GPUs. */
public final class CudaProvider implements EngineProvider {
  private static final Logger LOG = LoggerFactory.getLogger(CudaProvider.class);

  /** For {@link java.util.ServiceLoader}. */
  public CudaProvider() {}

  @Override
  public EncoderBackend backend() {
    return EncoderBackend.CUDNN;
  }

  @Override
  public DeviceDescription describe(String gpu, GpuPrecision precision) {
    GpuExecution execution = new GpuExecution(precision, GpuGru.STANDARD, false);
    try (CudaDevice device = CudaDevice.open(gpu, execution)) {
      return new DeviceDescription("cuDNN engine on " + device.description(), device.memory().all());
    }
  }

  @Override
  public EncoderEngine open(EncoderShape shape, int modalities, EngineSettings settings) {
    GpuExecution execution = settings.execution();
    CudaDevice device = CudaDevice.open(settings.gpu(), execution);
    LOG.info(
        "Encoders are computed by the cuDNN engine on {}, products in {}, recurrent layers by the {} algorithm{}",
        device.description(),
        execution.precision().label(),
        execution.gru().label(),
        execution.graphs() ? ", launches recorded" : "");
    return new CudaEngine(device, shape, modalities, execution.graphs());
  }
}
