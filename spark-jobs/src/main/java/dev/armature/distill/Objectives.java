package dev.armature.distill;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.EngineUnavailableException;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Opens objectives, each where the encoders of its backend are. */
public final class Objectives {
  private Objectives() {}

  /**
   * Opens an objective.
   *
   * @param modalities in the order of all arrays by modality
   * @param embedding length of an embedding, at least 1
   * @param engine what the encoders are computed with; its threads are the objective's, too
   * @throws EngineUnavailableException if the backend is not in this build, or cannot be used on
   *     this machine
   */
  public static StepObjective open(
      DistillSettings settings, List<Modality> modalities, int embedding, EngineSettings engine) {
    return switch (engine.backend()) {
      case ONEDNN, PLAIN, ND4J_CUDA ->
          new Objective(settings, modalities, embedding, engine.threads());
      case CUDNN ->
          find(engine.backend())
              .orElseThrow(
                  () ->
                      new EngineUnavailableException(
                          EncoderEngines.missing(engine.backend())
                              .orElse(
                                  "this build has the engine of encoder.backend = cudnn and not its losses: it was not built from scratch, ./mvnw -Pcuda clean package")))
              .open(settings, modalities, embedding, engine);
    };
  }

  private static Optional<ObjectiveProvider> find(EncoderBackend backend) {
    // That of this class: Spark's class path is not that of the thread in every process.
    return ServiceLoader.load(ObjectiveProvider.class, Objectives.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.backend() == backend)
        .findFirst();
  }
}
