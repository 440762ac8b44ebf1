package dev.armature.distill;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.EngineUnavailableException;
import dev.armature.skeleton.Modality;
import java.util.List;

/**
 * Opens objectives of a backend that is not in every build. Found by {@link
 * java.util.ServiceLoader}; has a constructor without arguments that loads no native library.
 */
public interface ObjectiveProvider {

  /** The backend whose objectives these are. */
  EncoderBackend backend();

  /**
   * Opens an objective.
   *
   * @param modalities in the order of all arrays by modality
   * @param embedding length of an embedding, at least 1
   * @throws EngineUnavailableException if there is no such device, or a library is missing
   * @throws IllegalStateException if the device has too little memory
   */
  StepObjective open(
      DistillSettings settings, List<Modality> modalities, int embedding, EngineSettings engine);
}
