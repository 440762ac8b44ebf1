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
    int perStep = round.workers() * plan.train().batch();
    int filling = (plan.distill().queue() + perStep - 1) / perStep;
    firstStep = Math.max(0, round.steps() - filling);
    steps = round.steps() - firstStep;
    int length = plan.train().batch() * plan.encoder().embedding();
    keys = new float[plan.streams().count()][steps * length];
  }

  /**
   * @param embeddings by stream: batch × embedding
   */
  void keep(int step, float[][] embeddings) {
    if (step < firstStep) {
      return;
    }
    for (int stream = 0; stream < keys.length; stream++) {
      int length = embeddings[stream].length;
      System.arraycopy(embeddings[stream], 0, keys[stream], (step - firstStep) * length, length);
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
    for (float[] stream : keys) {
      blocks.add(new FloatBlock(stream));
    }
    return blocks;
  }
}
