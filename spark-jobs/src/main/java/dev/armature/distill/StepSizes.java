package dev.armature.distill;

import dev.armature.skeleton.Modality;
import java.util.HashSet;
import java.util.List;

/**
 * The sizes of what an objective is given, and checks of them.
 *
 * @param modalities in the order of all arrays by modality
 * @param embedding length of an embedding
 */
public record StepSizes(DistillSettings settings, List<Modality> modalities, int embedding) {

  /**
   * @throws IllegalArgumentException if there is no modality, one stands twice, or the length is
   *     less than 1
   */
  public StepSizes {
    if (modalities.isEmpty() || embedding < 1) {
      throw new IllegalArgumentException(
          "modalities and embedding must be at least 1, found %d and %d"
              .formatted(modalities.size(), embedding));
    }
    if (new HashSet<>(modalities).size() < modalities.size()) {
      throw new IllegalArgumentException(
          "a modality stands twice in %s: terms are told apart by their modalities"
              .formatted(Modality.labels(modalities)));
    }
    modalities = List.copyOf(modalities);
  }

  /** The streams of embeddings, with a queue each. */
  public Streams streams() {
    return new Streams(modalities.size(), settings.heads());
  }

  /**
   * Checks queues.
   *
   * @throws IllegalArgumentException if they are of other sizes
   * @throws IllegalStateException if they are closed
   */
  public void check(AlignedQueues queues) {
    queues.requireOpen();
    if (queues.modalities() != streams().count()
        || queues.capacity() != settings.queue()
        || queues.embedding() != embedding) {
      throw new IllegalArgumentException(
          "queues of %d %s × %d keys × %d, expected %d × %d × %d"
              .formatted(
                  queues.modalities(),
                  streams().heads() == 1 ? "modalities" : "modalities and heads",
                  queues.capacity(),
                  queues.embedding(),
                  streams().count(),
                  settings.queue(),
                  embedding));
    }
  }

  /**
   * Checks embeddings.
   *
   * @param what they are, for the message
   * @param embeddings by modality: heads × sequences × embedding
   * @throws IllegalArgumentException if they are of other sizes
   */
  public void check(String what, float[][] embeddings, int sequences) {
    if (sequences < 1 || embeddings.length != modalities.size()) {
      throw new IllegalArgumentException(
          "%s of %d modalities and %d sequences, expected %d modalities and at least 1 sequence"
              .formatted(what, embeddings.length, sequences, modalities.size()));
    }
    for (int modality = 0; modality < embeddings.length; modality++) {
      if (embeddings[modality].length != streams().heads() * sequences * embedding) {
        throw new IllegalArgumentException(
            "%s of modality %s have %d numbers, expected %s%d sequences × %d"
                .formatted(
                    what,
                    modalities.get(modality).label(),
                    embeddings[modality].length,
                    streams().heads() == 1 ? "" : streams().heads() + " heads × ",
                    sequences,
                    embedding));
      }
    }
  }

  /**
   * Checks what teachers say about a batch.
   *
   * @throws IllegalArgumentException if it is not of as many sequences, or of another state of the
   *     queues
   */
  public void check(StepTargets targets, AlignedQueues queues, int batch) {
    if (targets.sequences() != batch || targets.enqueued() != queues.enqueued()) {
      throw new IllegalArgumentException(
          "teacher targets for %d sequences at %d enqueued keys, expected %d sequences at %d: targets belong to one state of the queues"
              .formatted(targets.sequences(), targets.enqueued(), batch, queues.enqueued()));
    }
  }
}
