package dev.armature.distill;

import java.util.Arrays;
import java.util.List;

/**
 * The streams of embeddings, one for each modality and head, and their order: the instance heads of
 * all modalities, then their cluster heads. Queues are in this order, so that those of the instance
 * heads are the same with one head and with two. Embeddings come by modality, heads × sequences ×
 * embedding, as encoders give them.
 *
 * @param modalities at least 1
 * @param heads 1 or 2
 */
public record Streams(int modalities, int heads) {

  /**
   * @throws IllegalArgumentException if there is no modality or no such number of heads
   */
  public Streams {
    if (modalities < 1 || heads < 1 || heads > 2) {
      throw new IllegalArgumentException(
          "streams of %d modalities × %d heads, expected at least 1 × 1 to 2"
              .formatted(modalities, heads));
    }
  }

  /** Number of streams. */
  public int count() {
    return modalities * heads;
  }

  /** The heads of each modality, in the order of their streams. */
  public List<Head> each() {
    return heads == 1 ? List.of(Head.INSTANCE) : List.of(Head.INSTANCE, Head.CLUSTER);
  }

  /** A stream's place in the order. */
  public int index(int modality, Head head) {
    return head.place() * modalities + modality;
  }

  /** The modality of a stream. */
  public int modality(int stream) {
    return stream % modalities;
  }

  /** The head of a stream. */
  public Head head(int stream) {
    return stream < modalities ? Head.INSTANCE : Head.CLUSTER;
  }

  /**
   * Embeddings by modality as embeddings by stream, which is what {@link AlignedQueues#enqueue}
   * takes. With one head the arrays themselves, otherwise copies.
   *
   * @param byModality heads × sequences × embedding
   * @return sequences × embedding
   * @throws IllegalArgumentException if there is not one array for each modality or a length cannot
   *     be shared out between the heads
   */
  public float[][] split(float[][] byModality) {
    if (byModality.length != modalities) {
      throw new IllegalArgumentException(
          "embeddings of %d modalities, expected %d".formatted(byModality.length, modalities));
    }
    float[][] byStream = new float[count()][];
    for (int stream = 0; stream < byStream.length; stream++) {
      float[] numbers = byModality[modality(stream)];
      if (numbers.length % heads != 0) {
        throw new IllegalArgumentException(
            "%d numbers of modality %d, expected a multiple of %d heads"
                .formatted(numbers.length, modality(stream), heads));
      }
      int length = numbers.length / heads;
      int start = head(stream).place() * length;
      byStream[stream] = heads == 1 ? numbers : Arrays.copyOfRange(numbers, start, start + length);
    }
    return byStream;
  }
}
