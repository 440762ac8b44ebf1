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
          new Dl4jEncoderEngine(
              shape,
              modalities,
              GraphArithmetic.onProcessor(settings.backend(), settings.threads()));
      case CUDNN, ND4J_CUDA -> provider(settings.backend()).open(shape, modalities, settings);
    };
  }

  /** The same with what {@link EngineSettings#of} says. */
  public static EncoderEngine open(
      EncoderShape shape, int modalities, EncoderBackend backend, int threads) {
    return open(shape, modalities, EngineSettings.of(backend, threads));
  }

  /**
   * DL4J's graphs on arrays of ND4J, wherever these are.
   *
   * @param grus computes both GRUs of every layer, one after the other on the calling thread; the
   *     engine's own from now on
   */
  public static EncoderEngine onArrays(EncoderShape shape, int modalities, GruBackend grus) {
    return new Dl4jEncoderEngine(
        shape, modalities, GraphArithmetic.onArrays(new CallingThread(), grus, grus));
  }

  /** Why no engine of a backend can be opened by this build, and what to do; empty if one can. */
  public static Optional<String> missing(EncoderBackend backend) {
    return switch (backend) {
      case ONEDNN, PLAIN -> Nd4jCudaSupport.notInMainMemory(backend);
      case CUDNN, ND4J_CUDA ->
          find(backend).isPresent() ? Optional.empty() : Optional.of(absent(backend));
    };
  }

  /**
   * What opens the engines of a backend that computes on a device.
   *
   * @throws EngineUnavailableException if it is not in this build
   */
  public static EngineProvider provider(EncoderBackend backend) {
    return find(backend).orElseThrow(() -> new EngineUnavailableException(absent(backend)));
  }

  private static Optional<EngineProvider> find(EncoderBackend backend) {
    // That of this class: Spark's class path is not that of the thread in every process.
    return ServiceLoader.load(EngineProvider.class, EncoderEngines.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.backend() == backend)
        .findFirst();
  }

  private static String absent(EncoderBackend backend) {
    return "this build has no engine for encoder.backend = %s: build with -P%s (docs/gpu.md), or set encoder.backend = onednn to compute on the processor"
        .formatted(backend.label(), backend == EncoderBackend.CUDNN ? "cuda" : "nd4j-cuda");
  }
}
