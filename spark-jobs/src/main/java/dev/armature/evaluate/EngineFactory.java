package dev.armature.evaluate;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.GpuExecution;
import dev.armature.round.TaskGpu;
import java.io.Serializable;

/** Opens encoder engines on the executors; travels to them, so it must be serializable. */
@FunctionalInterface
public interface EngineFactory extends Serializable {

  /**
   * Opens the engines of a backend, on the GPU of the task where they compute on one. Features are
   * compared from run to run: products are of floats, whatever precision a run trains with.
   *
   * @param threads native threads of an engine: the cores of a task
   */
  static EngineFactory of(EncoderBackend backend, int threads) {
    return (shape, modalities) ->
        EncoderEngines.open(
            shape,
            modalities,
            new EngineSettings(backend, threads, GpuExecution.PLAIN, TaskGpu.address()));
  }

  /**
   * Opens an engine for one task, which closes it.
   *
   * @param shape sizes of the encoders
   * @param modalities number of modalities
   */
  EncoderEngine open(EncoderShape shape, int modalities);
}
