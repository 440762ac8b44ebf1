package dev.armature.encoder.cuda;

import dev.armature.augment.ViewBatch;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded numbers. */
final class Numbers {
  private Numbers() {}

  static float[] random(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  static ViewBatch views(int modalities, int frames, int sequences, int features, long seed) {
    ViewBatch views =
        ViewBatch.zeros(
            List.of(Modality.values()).subList(0, modalities), frames, sequences, features);
    for (int modality = 0; modality < modalities; modality++) {
      float[] values = random(frames * sequences * features, seed + modality);
      System.arraycopy(values, 0, views.inputs()[modality], 0, values.length);
    }
    return views;
  }
}
