package dev.armature.distill;

/**
 * InfoNCE over one positive and the whole queue, for one query:
 *
 * <pre>loss = −log( e^(q·k/τ) / (e^(q·k/τ) + Σᵢ e^(q·nᵢ/τ)) )</pre>
 *
 * <p>The positive k is the key of the same sequence's other view, the negatives nᵢ are the keys of
 * the queue to which k will go: the query's own modality's, or, in mutual contrastive learning,
 * another's. A cluster-level loss has an aggregated key as its positive, and excludes what was
 * aggregated from the negatives. He et al., <em>Momentum Contrast for Unsupervised Visual
 * Representation Learning</em>, CVPR 2020, equation 1. Has scratch memory of its own: one object
 * per thread.
 */
final class ContrastiveLoss {
  private final float scale;
  private final Exponential exponential = new Exponential();

  ContrastiveLoss(double temperature) {
    this.scale = (float) (1 / temperature);
  }

  /**
   * Computes the loss of a query and its derivatives by the negatives' similarities.
   *
   * @param similarities of the query and the whole queue
   * @param greatest the greatest of them
   * @param excluded positions of the queue that are no negatives; their derivatives are 0
   * @param positive similarity of the query and its positive key
   * @param factor by which the derivatives are multiplied
   * @param coefficients receives the derivatives, as many as there are keys in the queue
   * @return the loss
   */
  double compute(
      float[] similarities,
      float greatest,
      int[] excluded,
      float positive,
      double factor,
      float[] coefficients) {
    if (excluded.length == 0) {
      return compute(similarities, greatest, positive, factor, coefficients);
    }
    float[] kept = new float[excluded.length];
    for (int i = 0; i < excluded.length; i++) {
      kept[i] = similarities[excluded[i]];
      similarities[excluded[i]] = Float.NEGATIVE_INFINITY;
    }
    float left = Exponential.greatest(similarities, similarities.length);
    double loss = compute(similarities, left, positive, factor, coefficients);
    for (int i = 0; i < excluded.length; i++) {
      similarities[excluded[i]] = kept[i];
    }
    return loss;
  }

  private double compute(
      float[] similarities, float greatest, float positive, double factor, float[] coefficients) {
    float shift = Math.max(greatest, positive);
    double negatives =
        exponential.exp(similarities, similarities.length, shift, scale, coefficients);
    double logit = (double) scale * (positive - shift);
    double total = negatives + Math.exp(logit);
    float each = (float) (factor * scale / total);
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] *= each;
    }
    return Math.log(total) - logit;
  }

  /**
   * The derivative by the positive's similarity, from the loss: (p − 1)/τ with p = e^−loss.
   *
   * @param factor by which it is multiplied
   */
  float positiveCoefficient(double loss, double factor) {
    return (float) (factor * scale * Math.expm1(-loss));
  }
}
