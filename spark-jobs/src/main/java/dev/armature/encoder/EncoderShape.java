package dev.armature.encoder;

import java.io.Serializable;

/**
 * The sizes of an encoder; the same for every modality.
 *
 * @param features numbers per frame: joints · 3 · persons
 * @param hidden width of one GRU; a layer has two and puts out {@code 2·hidden}
 * @param layers number of recurrent layers, at least 1
 * @param embedding length of an embedding
 * @param heads number of projection heads: 1, or 2 with a cluster-level branch
 * @param recurrence direction of the two GRUs
 */
public record EncoderShape(
    int features, int hidden, int layers, int embedding, int heads, Recurrence recurrence)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if a size is less than 1
   */
  public EncoderShape {
    if (features < 1 || hidden < 1 || layers < 1 || embedding < 1 || heads < 1) {
      throw new IllegalArgumentException(
          "features, hidden, layers, embedding and heads must be at least 1, found %d, %d, %d, %d, %d"
              .formatted(features, hidden, layers, embedding, heads));
    }
  }

  /** Length of the representation that is evaluated: the last frame's output of both GRUs. */
  public int representation() {
    return 2 * hidden;
  }

  /** Numbers per frame that a recurrent layer takes in. */
  public int layerInput(int layer) {
    return layer == 0 ? features : 2 * hidden;
  }
}
