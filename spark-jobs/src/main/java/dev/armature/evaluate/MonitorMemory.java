package dev.armature.evaluate;

import dev.armature.encoder.DeviceEngineMemory;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.RepresentingMemory;
import dev.armature.round.RoundMemory;

/**
 * What an {@link AccuracyMonitor} takes of memory beside the rounds, by the sizes of the encoders.
 *
 * @param backend that computes them
 * @param shape of every encoder
 * @param modalities number of encoders
 * @param frames of a view
 */
public record MonitorMemory(
    EncoderBackend backend, EncoderShape shape, int modalities, int frames) {

  /**
   * The driver's part: representations, twice while they are broadcast, and the encoders' bytes.
   */
  public RoundMemory.Part driver() {
    return new RoundMemory.Part("accuracy over epochs", 2 * features() + modalities * vector(), 0);
  }

  /**
   * An executor's part: what was broadcast, and an engine for one encoder in every task.
   *
   * @param tasks at once
   */
  public RoundMemory.Part executor(int tasks) {
    RepresentingMemory engine = RepresentingMemory.of(backend, shape, frames, SequenceBlocks.ROWS);
    return new RoundMemory.Part(
        "accuracy over epochs",
        features() + modalities * vector() + tasks * engine.heap(),
        tasks * engine.outside());
  }

  /** Bytes of a GPU that a task's engine takes, reckoned as if it trained; 0 without one. */
  public long device() {
    return backend.onGpu()
        ? new DeviceEngineMemory(
                shape, 1, frames, SequenceBlocks.ROWS, SequenceBlocks.ROWS, GpuPrecision.FLOAT32)
            .total()
        : 0;
  }

  private long features() {
    return (long) (AccuracyMonitor.TRAINING + AccuracyMonitor.TEST)
        * shape.representation()
        * Float.BYTES
        * modalities;
  }

  private long vector() {
    return (long) new ParameterLayout(shape).size() * Float.BYTES;
  }
}
