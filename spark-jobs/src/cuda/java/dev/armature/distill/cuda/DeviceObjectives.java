package dev.armature.distill.cuda;

import dev.armature.distill.DistillSettings;
import dev.armature.distill.ObjectiveProvider;
import dev.armature.distill.StepObjective;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.cuda.CudaDevice;
import dev.armature.skeleton.Modality;
import java.util.List;

/**
 * Opens objectives on NVIDIA's GPUs. Their products are of floats whatever the encoders' are: they
 * are a thousandth of a step, and a rounded similarity, divided by a temperature, would move which
 * keys are neighbours.
 */
public final class DeviceObjectives implements ObjectiveProvider {
  /** For {@link java.util.ServiceLoader}. */
  public DeviceObjectives() {}

  @Override
  public EncoderBackend backend() {
    return EncoderBackend.CUDNN;
  }

  @Override
  public StepObjective open(
      DistillSettings settings, List<Modality> modalities, int embedding, EngineSettings engine) {
    return new DeviceObjective(
        CudaDevice.open(engine.gpu(), GpuExecution.PLAIN), settings, modalities, embedding);
  }
}
