package dev.armature.encoder;

import dev.armature.augment.ViewBatch;

/**
 * What every engine asks of the arrays that it is given.
 *
 * @param shape the sizes of every encoder
 * @param modalities number of modalities
 */
public record EngineArguments(EncoderShape shape, int modalities) {

  /**
   * @throws IllegalArgumentException if there is no modality
   */
  public EngineArguments {
    if (modalities < 1) {
      throw new IllegalArgumentException(
          "an engine needs at least 1 modality, found %d".formatted(modalities));
    }
  }

  /**
   * Looks at the views of a batch.
   *
   * @throws IllegalArgumentException if they have other modalities or features
   */
  public void require(ViewBatch views) {
    if (views.features() != shape.features() || views.inputs().length != modalities) {
      throw new IllegalArgumentException(
          "the engine takes %d modalities of %d features, found %d of %d"
              .formatted(modalities, shape.features(), views.inputs().length, views.features()));
    }
  }

  /**
   * Looks at an encoder's flat vector.
   *
   * @param size of a flat vector
   * @throws IllegalArgumentException if it has another length
   */
  public void requireVector(float[] vector, int size) {
    if (vector.length != size) {
      throw new IllegalArgumentException(
          "%s has %d numbers, found %d".formatted(shape, size, vector.length));
    }
  }

  /**
   * Looks at the gradients of embeddings.
   *
   * @param sequences of the batch whose embeddings these gradients are of; 0 if there is none
   * @throws IllegalStateException if there is none
   * @throws IllegalArgumentException if a modality's have another length
   */
  public void requireGradients(float[][] gradients, int sequences) {
    if (sequences == 0) {
      throw new IllegalStateException("backward needs a preceding embedQueries of its own");
    }
    int expected = shape.heads() * sequences * shape.embedding();
    for (int modality = 0; modality < modalities; modality++) {
      if (gradients[modality].length != expected) {
        throw new IllegalArgumentException(
            "gradients of modality %d have %d numbers, expected %d"
                .formatted(modality, gradients[modality].length, expected));
      }
    }
  }
}
