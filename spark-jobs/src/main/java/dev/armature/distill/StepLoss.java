package dev.armature.distill;

import java.util.Arrays;

/**
 * The losses of one batch and their gradient.
 *
 * @param contrastive by modality: InfoNCE, mean over the batch
 * @param distillation by teacher and student modality: Kullback-Leibler divergence, mean over the
 *     batch, not weighted; 0 on the diagonal and where nothing is distilled
 * @param total all contrastive losses and, weighted, all distillation losses
 * @param gradients by modality: the total's gradient by the query embeddings as they were given,
 *     batch × embedding
 */
public record StepLoss(
    double[] contrastive, double[][] distillation, double total, float[][] gradients) {

  /** Sum over the modalities. */
  public double contrastiveTotal() {
    return Arrays.stream(contrastive).sum();
  }

  /** Sum over all pairs of teacher and student, not weighted. */
  public double distillationTotal() {
    return Arrays.stream(distillation).flatMapToDouble(Arrays::stream).sum();
  }
}
