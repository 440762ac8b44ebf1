package dev.armature.round;

import dev.armature.distill.DistillSettings;
import java.io.Serializable;
import java.util.List;

/**
 * When what is learned. With epochs of 0 and no changes, everything from the first step on: one
 * stage. Two stages are contrastive learning alone first, then with the rest.
 *
 * @param crossModal epochs without the terms between modalities, at least 0
 * @param intraModal epochs without distillation between the branches of a modality, at least 0
 * @param weights changes of {@link DistillSettings#weight}
 */
public record Stages(int crossModal, int intraModal, List<FactorChange> weights)
    implements Serializable {
  /** Everything from the first step on. */
  public static final Stages ONE = new Stages(0, 0, List.of());

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if a number of epochs is negative
   */
  public Stages {
    if (crossModal < 0 || intraModal < 0) {
      throw new IllegalArgumentException(
          "epochs without a term must be at least 0, found %d and %d"
              .formatted(crossModal, intraModal));
    }
    weights = List.copyOf(weights);
  }

  /**
   * What is learned in an epoch.
   *
   * @param all what is learned once everything has begun
   * @param epoch 0-based
   */
  public DistillSettings at(DistillSettings all, int epoch) {
    double weight = epoch < crossModal ? 0 : FactorChange.value(all.weight(), weights, epoch);
    DistillSettings weighted = all.withWeight(weight);
    return epoch < intraModal ? weighted.withoutIntraModal() : weighted;
  }
}
