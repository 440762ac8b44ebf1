package dev.armature.evaluate;

import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import java.io.Serializable;

/** Opens encoder engines on the executors; travels to them, so it must be serializable. */
@FunctionalInterface
public interface EngineFactory extends Serializable {

  /**
   * Opens an engine for one task, which closes it.
   *
   * @param shape sizes of the encoders
   * @param modalities number of modalities
   */
  EncoderEngine open(EncoderShape shape, int modalities);
}
