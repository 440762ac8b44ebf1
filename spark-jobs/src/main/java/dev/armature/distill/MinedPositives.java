package dev.armature.distill;

import dev.armature.distill.MiningSettings.Form;

/**
 * Cross-modal positive mining, for one query: the keys that are most similar to another modality's
 * key, N₊, are positives of the contrastive loss beside the query's own key. With p the softmax at
 * the contrastive temperature over the own key (position 0) and the whole queue, and P = {0} ∪ N₊:
 *
 * <pre>mean of logs: loss = −(1/|P|) Σ_{i∈P} log pᵢ
 * log of sum:   loss = −log Σ_{i∈P} pᵢ</pre>
 *
 * <p>Li et al., <em>3D Human Action Representation Learning via Cross-View Consistency Pursuit</em>
 * (CrosSCLR), CVPR 2021: the text's section on high-confidence knowledge mining has the logarithm
 * of the sum, the released code (net/crossclr_3views.py and its processor) the mean of the
 * logarithms. That code mines with the other view's query; here it is the key, which like every
 * teacher changes slowly. Its further terms, products of both views' similarities, are not part of
 * this.
 *
 * <p>Both forms are the plain contrastive loss −log p₀ and a correction in which only P occurs;
 * this class computes the correction. With one positive the likelihood in the queue alone, which is
 * what a hard teacher distils at an equal temperature, d = −log(p₁/(1−p₀)), gives both: {@code
 * −log(p₀ + (1−p₀)·e^−d)} and {@code (−log p₀ − log(1−p₀) + d)/2}. Has scratch memory of its own:
 * one object per thread.
 */
final class MinedPositives {
  private final float scale;
  private final Form form;
  private final int[] positions;
  private float positiveCoefficient;

  MinedPositives(MiningSettings settings, int queue, double contrastTemperature) {
    this.scale = (float) (1 / contrastTemperature);
    this.form = settings.form();
    this.positions = new int[Math.min(queue, settings.positives())];
  }

  /**
   * Computes the correction and adds its derivatives by the student's similarities.
   *
   * @param teacher whose neighbours are the mined positives
   * @param similarities of the student's query and its whole queue
   * @param positive similarity of the query and its own key
   * @param factor by which the derivatives are multiplied
   * @param coefficients by position of the queue; added to
   * @return what is added to the plain contrastive loss
   */
  double correct(
      TeacherTargets.Row teacher,
      float[] similarities,
      float positive,
      double factor,
      float[] coefficients) {
    teacher.positions(positions);
    return switch (form) {
      case MEAN_OF_LOGS -> meanOfLogs(similarities, positive, factor * scale, coefficients);
      case LOG_OF_SUM -> logOfSum(similarities, positive, factor * scale, coefficients);
    };
  }

  /** The last correction's derivative by the own key's similarity. */
  float positiveCoefficient() {
    return positiveCoefficient;
  }

  private double meanOfLogs(
      float[] similarities, float positive, double factor, float[] coefficients) {
    double share = 1.0 / (1 + positions.length);
    double difference = 0;
    for (int position : positions) {
      difference += (double) positive - similarities[position];
      coefficients[position] -= (float) (factor * share);
    }
    positiveCoefficient = (float) (factor * (1 - share));
    return difference * share * scale;
  }

  private double logOfSum(
      float[] similarities, float positive, double factor, float[] coefficients) {
    float shift = positive;
    for (int position : positions) {
      shift = Math.max(shift, similarities[position]);
    }
    double own = Math.exp(((double) positive - shift) * scale);
    double sum = own;
    for (int position : positions) {
      sum += Math.exp(((double) similarities[position] - shift) * scale);
    }
    for (int position : positions) {
      double likelihood = Math.exp(((double) similarities[position] - shift) * scale) / sum;
      coefficients[position] -= (float) (factor * likelihood);
    }
    positiveCoefficient = (float) (factor * (1 - own / sum));
    return ((double) positive - shift) * scale - Math.log(sum);
  }
}
