package dev.armature.encoder;

import java.util.Objects;

/**
 * What an engine computes with.
 *
 * @param backend what computes the layers
 * @param threads native threads to use, at least 1; best even. They are the engine's own: several
 *     engines may run at once in one process. Of no meaning on a GPU
 * @param precision of matrix products on a GPU; of no meaning elsewhere
 * @param gpu address of the GPU, as the cluster numbers them; empty for the first. Of no meaning
 *     elsewhere
 */
public record EngineSettings(
    EncoderBackend backend, int threads, GpuPrecision precision, String gpu) {

  /** Checks for null. */
  public EngineSettings {
    Objects.requireNonNull(backend);
    Objects.requireNonNull(precision);
    Objects.requireNonNull(gpu);
  }

  /** Of a backend; products of floats on the first GPU, where it computes on one. */
  public static EngineSettings of(EncoderBackend backend, int threads) {
    return new EngineSettings(backend, threads, GpuPrecision.FLOAT32, "");
  }
}
