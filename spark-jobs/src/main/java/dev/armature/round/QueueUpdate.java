package dev.armature.round;

import java.io.Serializable;
import java.util.List;

/**
 * The keys that entered the queues after a round, in the canonical order.
 *
 * @param round the round they come from
 * @param keys by modality: count × embedding
 * @param count number of keys
 */
record QueueUpdate(int round, List<FloatBlock> keys, int count) implements Serializable {
  float[][] arrays() {
    float[][] arrays = new float[keys.size()][];
    for (int m = 0; m < arrays.length; m++) {
      arrays[m] = keys.get(m).values();
    }
    return arrays;
  }
}
