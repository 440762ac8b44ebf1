package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that entered the queues after a round, in the canonical order.
 *
 * @param round the round they come from
 * @param keys by stream: count × embedding
 * @param skipped number of keys that entered before them and that they displaced
 * @param count number of keys; 0 where workers keep theirs to themselves
 */
record QueueUpdate(int round, List<FloatBlock> keys, long skipped, int count)
    implements Serializable {

  /**
   * Puts the workers' keys into the canonical order: by step, then by worker.
   *
   * @param workers the accounts of all workers, by worker
   * @param batch keys a step and worker
   */
  static QueueUpdate of(Round round, List<WorkerRound> workers, int batch) {
    WorkerRound first = workers.get(0);
    int steps = first.keySteps();
    List<FloatBlock> ordered = new ArrayList<>();
    for (int stream = 0; stream < first.keys().size(); stream++) {
      int length = first.keys().get(stream).values().length / steps;
      float[] keys = new float[length * steps * workers.size()];
      int place = 0;
      for (int step = 0; step < steps; step++) {
        for (WorkerRound worker : workers) {
          System.arraycopy(worker.keys().get(stream).values(), step * length, keys, place, length);
          place += length;
        }
      }
      ordered.add(new FloatBlock(keys));
    }
    long skipped = (long) first.keysFrom() * workers.size() * batch;
    return new QueueUpdate(round.index(), ordered, skipped, steps * workers.size() * batch);
  }

  /** Brings queues up to date. */
  void applyTo(AlignedQueues queues) {
    queues.skip(skipped);
    queues.enqueue(arrays(), count);
  }

  private float[][] arrays() {
    float[][] arrays = new float[keys.size()][];
    for (int m = 0; m < arrays.length; m++) {
      arrays[m] = keys.get(m).values();
    }
    return arrays;
  }
}
