package dev.armature.evaluate.embedding;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.encoder.EncoderEngine;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many sequences a second the encoders alone take: blocks that are ready in memory, over and
 * over, no reading, no views, no writing. What everything around them is measured against.
 */
public final class ForwardRate implements AutoCloseable {
  private final List<Lane> lanes = new ArrayList<>();
  private final ExecutorService threads;

  /** What one thread has. */
  private static final class Lane {
    final EncoderEngine engine;
    final ViewBatch views;
    final float[][] parameters;

    Lane(TrainedEncoders encoders, BackendEngines engines, List<SkeletonSequence> block) {
      ViewGenerator generator =
          new ViewGenerator(
              encoders.views(),
              encoders.layout(),
              encoders.persons(),
              encoders.modalities().subList(0, 1));
      views = generator.batch(block.size());
      for (int row = 0; row < block.size(); row++) {
        generator.evaluation(block.get(row), views, row);
      }
      parameters = encoders.parameters();
      engine = engines.open(encoders.shape(), 1);
    }

    /** Encodes until a time has come, every modality in turn. */
    long run(long until) {
      long sequences = 0;
      while (System.nanoTime() < until) {
        for (float[] modality : parameters) {
          engine.setParameters(EncoderEngine.Branch.QUERY, 0, modality);
          for (int block = 0; block < BlockEncoder.BLOCKS; block++) {
            engine.represent(0, views);
          }
        }
        sequences += (long) BlockEncoder.BLOCKS * views.sequences();
      }
      return sequences;
    }
  }

  /**
   * @param slots threads that encode side by side: the tasks of the machine
   * @param cores native threads of each
   * @param block sequences that are encoded
   */
  public ForwardRate(TrainedEncoders encoders, int slots, int cores, List<SkeletonSequence> block) {
    BackendEngines engines = new BackendEngines(encoders.backend(), cores);
    for (int slot = 0; slot < slots; slot++) {
      lanes.add(new Lane(encoders, engines, block));
    }
    threads = Executors.newFixedThreadPool(slots);
  }

  /** Sequences a second, each by the encoders of all modalities. */
  public double measure(double seconds) throws InterruptedException {
    long start = System.nanoTime();
    long until = start + (long) (seconds * 1e9);
    List<Callable<Long>> work = new ArrayList<>();
    lanes.forEach(lane -> work.add(() -> lane.run(until)));
    double rate = 0;
    for (Future<Long> lane : threads.invokeAll(work)) {
      try {
        rate += lane.get();
      } catch (ExecutionException failed) {
        throw new IllegalStateException(failed.getCause());
      }
    }
    return rate / ((System.nanoTime() - start) * 1e-9);
  }

  @Override
  public void close() {
    threads.shutdown();
    lanes.forEach(lane -> lane.engine.close());
  }
}
