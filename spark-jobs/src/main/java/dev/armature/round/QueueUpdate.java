package dev.armature.round;

import dev.armature.distill.AlignedQueues;
import java.io.Serializable;
import java.util.List;

/**
 * The keys that entered the queues after a round, in the canonical order.
 *
 * @param round the round they come from
 * @param keys by stream: count × embedding
 * @param skipped number of keys that entered before them and that they displaced
 * @param count number of keys
 */
record QueueUpdate(int round, List<FloatBlock> keys, long skipped, int count)
    implements Serializable {

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
