package dev.armature.encoder;

import java.util.Optional;
import java.util.ServiceLoader;

/** Opens engines. */
public final class EncoderEngines {
  private EncoderEngines() {}

  /**
   * Opens an engine whose encoders' parameters are all zero.
   *
   * @param shape the sizes of every encoder
   * @param modalities number of modalities, at least 1
   * @throws EngineUnavailableException if the backend is not in this build, or cannot be used on
   *     this machine
   */
  public static EncoderEngine open(EncoderShape shape, int modalities, EngineSettings settings) {
    return switch (settings.backend()) {
      case ONEDNN, PLAIN ->
          new Dl4jEncoderEngine(shape, modalities, settings.backend(), settings.threads());
      case CUDNN -> provider(settings.backend()).open(shape, modalities, settings);
    };
  }

  /** The same with what {@link EngineSettings#of} says. */
  public static EncoderEngine open(
      EncoderShape shape, int modalities, EncoderBackend backend, int threads) {
    return open(shape, modalities, EngineSettings.of(backend, threads));
  }

  /** Why no engine of a backend can be opened by this build, and what to do; empty if one can. */
  public static Optional<String> missing(EncoderBackend backend) {
    return switch (backend) {
      case ONEDNN, PLAIN -> Optional.empty();
      case CUDNN -> find(backend).isPresent() ? Optional.empty() : Optional.of(absent());
    };
  }

  /**
   * What opens the engines of a backend that computes on a device.
   *
   * @throws EngineUnavailableException if it is not in this build
   */
  public static EngineProvider provider(EncoderBackend backend) {
    return find(backend).orElseThrow(() -> new EngineUnavailableException(absent()));
  }

  private static Optional<EngineProvider> find(EncoderBackend backend) {
    // That of this class: Spark's class path is not that of the thread in every process.
    return ServiceLoader.load(EngineProvider.class, EncoderEngines.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.backend() == backend)
        .findFirst();
  }

  private static String absent() {
    return "this build has no cuDNN engine; build with -Pcuda (docs/gpu.md), or set encoder.backend = onednn to compute on the processor";
  }
}
