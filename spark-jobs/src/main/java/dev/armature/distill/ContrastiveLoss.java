package dev.armature.distill;

/**
 * InfoNCE over one positive and the whole queue, for one query:
 *
 * <pre>loss = −log( e^(q·k/τ) / (e^(q·k/τ) + Σᵢ e^(q·nᵢ/τ)) )</pre>
 *
 * <p>The positive k is the key of the same sequence's other view, the negatives nᵢ are the keys of
 * the modality's own queue. He et al., <em>Momentum Contrast for Unsupervised Visual Representation
 * Learning</em>, CVPR 2020, equation 1. Stateless and thread-safe.
 */
final class ContrastiveLoss {
  private final float scale;

  ContrastiveLoss(double temperature) {
    this.scale = (float) (1 / temperature);
  }

  /**
   * Computes the loss of a query and its derivatives by the negatives' similarities.
   *
   * @param similarities of the query and the whole queue
   * @param greatest the greatest of them
   * @param positive similarity of the query and its positive key
   * @param factor by which the derivatives are multiplied
   * @param coefficients receives the derivatives, as many as there are negatives
   * @return the loss
   */
  double compute(
      float[] similarities, float greatest, float positive, double factor, float[] coefficients) {
    float shift = Math.max(greatest, positive);
    double negatives =
        Exponential.exp(similarities, similarities.length, shift, scale, coefficients);
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
