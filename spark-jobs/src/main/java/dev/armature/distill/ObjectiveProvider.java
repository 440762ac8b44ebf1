package dev.armature.distill;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.EngineUnavailableException;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.Optional;

/**
 * Opens objectives of a backend that is not in every build. Found by {@link
 * java.util.ServiceLoader}; has a constructor without arguments that loads no native library.
 */
public interface ObjectiveProvider {

  /** The backend whose objectives these are. */
  EncoderBackend backend();

  /**
   * Why the backend cannot compute what is asked for, and what to change; empty if it can. Nothing
   * is looked for on the machine.
   */
  Optional<String> refusal(DistillSettings settings);

  /**
   * Opens an objective.
   *
   * @param modalities in the order of all arrays by modality
   * @param embedding length of an embedding, at least 1
   * @throws EngineUnavailableException if there is no such device, or {@link #refusal} says why
   * @throws IllegalStateException if the device has too little memory
   */
  StepObjective open(
      DistillSettings settings, List<Modality> modalities, int embedding, EngineSettings engine);
}
