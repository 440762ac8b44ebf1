package dev.armature.distill;

import java.io.Serializable;
import java.util.Objects;

/**
 * I²MD's cluster branch.
 *
 * <p>From the abstract of Mao et al., <em>I²MD: 3D Action Representation Learning with Inter- and
 * Intra-modal Mutual Distillation</em>, 2023: a second, cluster-level discrimination branch in
 * every modality; dynamic aggregation of highly correlated neighbouring features, so that local
 * clusters are contrasted; mutual distillation between the two branches.
 *
 * <p>Not in the abstract, and the outline that this project started from: neighbours come from the
 * queue, their number follows from the similarities, the mix is similarity-weighted and normalized,
 * and the branches distil neighbouring similarity distributions at CMD's temperatures.
 *
 * <p>Everything below, defaults included, is this project's reading; no code of the authors is
 * known to it: the threshold and the bound that make the number, the softmax that makes the
 * weights, leaving the neighbours out of the negatives, teaching with the key and not with the mix,
 * all weights, and that between modalities the instance heads alone distil.
 *
 * @param weight of the cluster-level contrastive losses, at least 0
 * @param most keys that are aggregated at most, at least 0; with 0 the branch is a second MoCo
 * @param leastSimilarity from which similarity on, −1 to 1, a key of the queue counts as highly
 *     correlated
 * @param temperature of the softmax over the similarities that gives the weights of the mix (the
 *     key's own similarity is 1), greater than 0
 * @param excludesNeighbours whether aggregated keys are left out of the negatives
 * @param teaches which embedding's similarities the cluster branch teaches
 * @param fromInstance weight of distilling the instance branch into the cluster branch, at least 0
 * @param fromCluster weight of distilling the cluster branch into the instance branch, at least 0
 * @param crossModal whether the cluster branches of different modalities distil into each other too
 */
public record ClusterSettings(
    double weight,
    int most,
    double leastSimilarity,
    double temperature,
    boolean excludesNeighbours,
    Teaches teaches,
    double fromInstance,
    double fromCluster,
    boolean crossModal)
    implements Serializable {

  /** Which embedding's similarities with the queue the cluster branch teaches. */
  public enum Teaches {
    /** The cluster head's key. */
    KEY,
    /** The aggregated key. */
    AGGREGATE
  }

  /** Our reading's values. */
  public static final ClusterSettings DEFAULT =
      new ClusterSettings(1, 32, 0.9, 0.1, true, Teaches.KEY, 1, 1, false);

  /**
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  public ClusterSettings {
    Objects.requireNonNull(teaches, "teaches");
    weight("cluster.weight", weight);
    weight("cluster.fromInstance", fromInstance);
    weight("cluster.fromCluster", fromCluster);
    if (most < 0) {
      throw new IllegalArgumentException("cluster.most must be at least 0, found " + most);
    }
    if (!(leastSimilarity >= -1 && leastSimilarity <= 1)) {
      throw new IllegalArgumentException(
          "cluster.leastSimilarity must be −1 to 1, found " + leastSimilarity);
    }
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "cluster.temperature must be finite and greater than 0, found " + temperature);
    }
  }

  private static void weight(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be finite and at least 0, found " + value);
    }
  }

  /** The same without distillation between the branches: the first of two stages. */
  public ClusterSettings withoutDistillation() {
    return new ClusterSettings(
        weight, most, leastSimilarity, temperature, excludesNeighbours, teaches, 0, 0, crossModal);
  }
}
