package dev.armature.distill;

import dev.armature.skeleton.Modality;

/**
 * One term of a loss.
 *
 * @param family terms of a kind: {@code contrastive}, {@code distillation}, {@code mcl}, {@code
 *     mining}, {@code cluster}, {@code intra}
 * @param of what it is of: a modality, or teacher-student; a hyphen within a modality's own name is
 *     an underscore here, so that {@code joint-bone_motion} can be read in one way only
 * @param weight with which it is in the total
 * @param value mean over the batch, not weighted; 0 where nothing computes it. A contrastive loss
 *     of weight 0 has a value where its similarities are needed for another term
 */
public record LossTerm(String family, String of, double weight, double value) {

  /** The name in metrics, for instance {@code distillation.joint-motion}. */
  public String name() {
    return family + "." + of;
  }

  /** How a modality is named here, for instance {@code bone_motion}. */
  static String label(Modality modality) {
    return modality.label().replace('-', '_');
  }

  /** The same with another value. */
  public LossTerm with(double newValue) {
    return new LossTerm(family, of, weight, newValue);
  }
}
