package dev.armature.encoder;

/** Opens engines. */
public final class EncoderEngines {
  private EncoderEngines() {}

  /**
   * Opens an engine whose encoders' parameters are all zero.
   *
   * @param shape the sizes of every encoder
   * @param modalities number of modalities, at least 1
   * @param backend what computes the recurrent layers
   * @param threads native threads to use, at least 1; best even. They are the engine's own: several
   *     engines may run at once in one process
   * @throws IllegalStateException if the backend is not available on this machine
   */
  public static EncoderEngine open(
      EncoderShape shape, int modalities, EncoderBackend backend, int threads) {
    return new Dl4jEncoderEngine(shape, modalities, backend, threads);
  }
}
