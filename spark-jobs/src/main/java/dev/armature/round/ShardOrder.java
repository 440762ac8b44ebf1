package dev.armature.round;

import dev.armature.augment.Seeds;
import java.util.SplittableRandom;

/**
 * In which order a worker takes the sequences of its shard: a function of seed, epoch and worker.
 */
final class ShardOrder {
  private ShardOrder() {}

  /** A permutation of 0 … size−1, or the identity without shuffling. */
  static int[] of(TrainSettings train, int epoch, int worker, int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    if (!train.shuffle()) {
      return order;
    }
    SplittableRandom random =
        new SplittableRandom(
            Seeds.combine(Seeds.combine(Seeds.combine(train.seed(), "order"), epoch), worker));
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }
}
