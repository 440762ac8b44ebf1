package dev.armature.evaluate;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderShape;
import java.io.Serializable;

/** Opens encoder engines on the executors; travels to them, so it must be serializable. */
@FunctionalInterface
public interface EngineFactory extends Serializable {

  /**
   * Opens the engines of a backend.
   *
   * @param threads native threads of an engine: the cores of a task
   */
  static EngineFactory of(EncoderBackend backend, int threads) {
    return (shape, modalities) -> EncoderEngines.open(shape, modalities, backend, threads);
  }

  /**
   * Opens an engine for one task, which closes it.
   *
   * @param shape sizes of the encoders
   * @param modalities number of modalities
   */
  EncoderEngine open(EncoderShape shape, int modalities);
}
