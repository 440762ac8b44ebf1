package dev.armature.distill;

import dev.armature.skeleton.Modality;
import java.util.List;

/**
 * What pre-training minimizes, with its gradient, wherever it is computed; {@link Objective} has
 * the formulas.
 *
 * <p>The queues are the caller's. An objective whose device needs them in its own memory keeps a
 * copy there, which it brings up to date by {@link AlignedQueues#enqueued} whenever it is given
 * them. Used by one thread at a time; owns threads or memory until {@link #close}.
 */
public interface StepObjective extends AutoCloseable {

  /** What is learned from what. */
  DistillSettings settings();

  /** The modalities, in the order of all arrays by modality. */
  List<Modality> modalities();

  /** The streams of embeddings, with a queue each. */
  Streams streams();

  /**
   * Computes what the keys teach about some sequences; empty where nobody learns from them.
   *
   * @param keys by modality: heads × sequences × embedding, of length 1 each
   * @param queues the queues against which the students will learn
   * @throws IllegalArgumentException if a size does not fit the settings
   */
  StepTargets teach(float[][] keys, AlignedQueues queues, int sequences);

  /**
   * Computes a batch's losses and gradients with teachers computed before.
   *
   * @param queries by modality: heads × batch × embedding, of length 1 each
   * @param keys by modality: heads × batch × embedding, of length 1 each, of the same sequences'
   *     other view: the positives of the contrastive losses
   * @param targets from this objective's last {@link #teach} with the same queues, for the same
   *     sequences
   * @throws IllegalArgumentException if a size does not fit the settings, keys were enqueued since
   *     the targets were computed, or they are another objective's
   */
  StepLoss compute(
      float[][] queries, float[][] keys, StepTargets targets, AlignedQueues queues, int batch);

  /** Waits for what {@link #teach} may only have started. */
  void settle();

  /** Frees what is its own. Idempotent. */
  @Override
  void close();
}
