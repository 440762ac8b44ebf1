package dev.armature.encoder;

import java.util.Objects;

/**
 * What an engine computes with.
 *
 * @param backend what computes the layers
 * @param threads native threads to use, at least 1; best even. They are the engine's own: several
 *     engines may run at once in one process. Of no meaning on a GPU
 * @param execution how a GPU computes; of no meaning elsewhere
 * @param gpu address of the GPU, as the cluster numbers them; empty for the first. Of no meaning
 *     elsewhere
 */
public record EngineSettings(
    EncoderBackend backend, int threads, GpuExecution execution, String gpu) {

  /** Checks for null. */
  public EngineSettings {
    Objects.requireNonNull(backend);
    Objects.requireNonNull(execution);
    Objects.requireNonNull(gpu);
  }

  /** Of a backend; on the first GPU as {@link GpuExecution#PLAIN}, where it computes on one. */
  public static EngineSettings of(EncoderBackend backend, int threads) {
    return new EngineSettings(backend, threads, GpuExecution.PLAIN, "");
  }
}
