/**
 * The method: contrastive and distillation losses with their gradients, and the aligned queues of
 * negative keys.
 *
 * <p>Takes and gives plain arrays of embeddings; knows nothing of encoders or of a cluster.
 */
package dev.armature.distill;
