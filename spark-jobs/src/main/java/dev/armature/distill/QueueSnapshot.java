package dev.armature.distill;

import java.io.Serializable;

/**
 * The content of aligned queues in plain arrays, for checkpoints and broadcasts. The arrays are not
 * copied, neither in nor out.
 *
 * @param capacity keys in each queue
 * @param embedding length of a key
 * @param enqueued how many keys of each modality have ever been enqueued; the next goes to position
 *     {@code enqueued mod capacity}
 * @param keys by modality: capacity × embedding, row-major
 */
public record QueueSnapshot(int capacity, int embedding, long enqueued, float[][] keys)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if a size is less than 1 or an array has another length than
   *     capacity · embedding
   */
  public QueueSnapshot {
    if (capacity < 1 || embedding < 1 || enqueued < 0 || keys.length < 1) {
      throw new IllegalArgumentException(
          "queues need a capacity, an embedding and modalities of at least 1 and no negative number of keys, found %d, %d, %d and %d"
              .formatted(capacity, embedding, keys.length, enqueued));
    }
    int numbers = Math.multiplyExact(capacity, embedding);
    for (int modality = 0; modality < keys.length; modality++) {
      if (keys[modality].length != numbers) {
        throw new IllegalArgumentException(
            "the queue of modality %d has %d numbers, expected %d keys × %d"
                .formatted(modality, keys[modality].length, capacity, embedding));
      }
    }
  }
}
