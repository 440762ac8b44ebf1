package dev.armature.round;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys of a worker's round that the queues can still hold once every worker's keys have entered
 * in the canonical order. Steps whose keys would be displaced at once are left out, but only so
 * many that the queues would have come full circle over them: every later key keeps its position.
 */
final class KeyBuffer {
  private final float[][] keys;
  private final int firstStep;
  private final int steps;

  KeyBuffer(TrainingPlan plan, Round round) {
    firstStep =
        displaced(
            plan.round().workers() * plan.train().batch(), plan.distill().queue(), round.steps());
    steps = round.steps() - firstStep;
    int length = plan.encoder().heads() * plan.train().batch() * plan.encoder().embedding();
    keys = new float[plan.modalities().size()][steps * length];
  }

  /** How many of a round's first steps are left out. */
  static int displaced(int keysPerStep, int queue, int steps) {
    int needed = (queue + keysPerStep - 1) / keysPerStep;
    int left = Math.max(0, steps - needed);
    while ((long) left * keysPerStep % queue != 0) {
      left--;
    }
    return left;
  }

  void keep(int step, float[][] embeddings) {
    if (step < firstStep) {
      return;
    }
    for (int m = 0; m < keys.length; m++) {
      int length = embeddings[m].length;
      System.arraycopy(embeddings[m], 0, keys[m], (step - firstStep) * length, length);
    }
  }

  int steps() {
    return steps;
  }

  List<FloatBlock> keys() {
    List<FloatBlock> blocks = new ArrayList<>();
    for (float[] modality : keys) {
      blocks.add(new FloatBlock(modality));
    }
    return blocks;
  }
}
