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
   * Puts the workers' keys into the canonical order: by step, then by worker. Of more than the
   * queues hold, the last.
   *
   * @param workers the accounts of all workers, by worker
   * @param batch keys a step and worker
   * @param capacity keys in a queue
   */
  static QueueUpdate of(Round round, List<WorkerRound> workers, int batch, int capacity) {
    WorkerRound first = workers.get(0);
    int all = first.keySteps() * workers.size() * batch;
    int dropped = Math.max(0, all - capacity);
    List<FloatBlock> ordered = new ArrayList<>();
    for (int stream = 0; stream < first.keys().size(); stream++) {
      ordered.add(new FloatBlock(ordered(workers, stream, batch, dropped)));
    }
    long skipped = (long) first.keysFrom() * workers.size() * batch + dropped;
    return new QueueUpdate(round.index(), ordered, skipped, all - dropped);
  }

  private static float[] ordered(List<WorkerRound> workers, int stream, int batch, int dropped) {
    int steps = workers.get(0).keySteps();
    int length = workers.get(0).keys().get(stream).values().length / steps;
    int key = length / batch;
    float[] keys = new float[length * steps * workers.size() - dropped * key];
    int place = -dropped * key;
    for (int step = 0; step < steps; step++) {
      for (WorkerRound worker : workers) {
        int outside = Math.max(0, -place);
        if (outside < length) {
          float[] own = worker.keys().get(stream).values();
          System.arraycopy(own, step * length + outside, keys, place + outside, length - outside);
        }
        place += length;
      }
    }
    return keys;
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
