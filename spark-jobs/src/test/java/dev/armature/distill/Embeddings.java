package dev.armature.distill;

import dev.armature.augment.Seeds;
import java.util.SplittableRandom;

/** Random embeddings for the tests of this package. */
final class Embeddings {
  private Embeddings() {}

  /** By modality: count × embedding, every embedding of length 1. */
  static float[][] unit(long seed, int modalities, int count, int embedding) {
    float[][] all = new float[modalities][];
    for (int modality = 0; modality < modalities; modality++) {
      try (AlignedQueues directions =
          AlignedQueues.random(1, count, embedding, Seeds.combine(seed, modality))) {
        all[modality] = directions.snapshot().keys()[0];
      }
    }
    return all;
  }

  /** Numbers in [−1, 1). */
  static float[] numbers(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return numbers;
  }
}
