package dev.armature.distill;

import java.util.List;
import java.util.stream.Stream;

/**
 * The losses of one batch and their gradient.
 *
 * @param terms all terms of the method, those whose weight is 0 included, in an order that depends
 *     on nothing but the settings and the modalities
 * @param mixed by modality: how many neighbours were mixed into a key of the cluster branch, in the
 *     mean of the batch; empty where none is aggregated
 * @param gradients by modality: the total's gradient by the query embeddings as they were given,
 *     heads × batch × embedding
 */
public record StepLoss(List<LossTerm> terms, double[] mixed, float[][] gradients) {

  /** The families, in the order of their first terms. */
  public List<String> families() {
    return terms.stream().map(LossTerm::family).distinct().toList();
  }

  /** Sum of a family's terms, not weighted; 0 for one that is not there. */
  public double sum(String family) {
    return terms.stream()
        .filter(term -> term.family().equals(family))
        .mapToDouble(LossTerm::value)
        .sum();
  }

  /** What is minimized: all terms, weighted. */
  public double total() {
    // Terms of one weight are summed first, as in the formulas of Objective.
    double total = 0;
    for (String family : families()) {
      double[] weights = of(family).mapToDouble(LossTerm::weight).distinct().toArray();
      for (double weight : weights) {
        total +=
            weight
                * of(family)
                    .filter(term -> term.weight() == weight)
                    .mapToDouble(LossTerm::value)
                    .sum();
      }
    }
    return total;
  }

  private Stream<LossTerm> of(String family) {
    return terms.stream().filter(term -> term.family().equals(family));
  }
}
