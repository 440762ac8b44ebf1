package dev.armature.round;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys of a worker's round that the queues will still hold once every worker's keys have
 * entered in the canonical order: those of the last steps, as many as fill the queues.
 */
final class KeyBuffer {
  private final float[][] keys;
  private final int firstStep;
  private final int steps;

  KeyBuffer(TrainingPlan plan, Round round) {
    int perStep = plan.round().workers() * plan.train().batch();
    int filling = (plan.distill().queue() + perStep - 1) / perStep;
    firstStep = Math.max(0, round.steps() - filling);
    steps = round.steps() - firstStep;
    int length = plan.encoder().heads() * plan.train().batch() * plan.encoder().embedding();
    keys = new float[plan.modalities().size()][steps * length];
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

  int firstStep() {
    return firstStep;
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
