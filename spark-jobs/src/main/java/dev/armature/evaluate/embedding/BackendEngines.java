package dev.armature.evaluate.embedding;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.evaluate.EngineFactory;

/**
 * Opens the engines of a backend. A record, so that engines of the same kind are recognised from
 * task to task.
 *
 * @param backend what computes the recurrent layers
 * @param threads native threads of an engine: the cores of a task
 */
public record BackendEngines(EncoderBackend backend, int threads) implements EngineFactory {

  @Override
  public EncoderEngine open(EncoderShape shape, int modalities) {
    SparkBlas.keepApart();
    return EngineFactory.of(backend, threads).open(shape, modalities);
  }
}
