package dev.armature.augment;

import dev.armature.skeleton.Modality;
import java.util.List;

/**
 * One view of each of a batch of sequences, in every modality, as the encoders take it.
 *
 * <p>Arrays are time-major, because the recurrent libraries (oneDNN, cuDNN) are. A feature's place
 * is {@code ((joint·3)+coordinate)·persons+person}. The arrays belong to the batch and are written
 * in place, so that one batch serves a whole round; not thread-safe while it is being filled.
 *
 * @param modalities the modalities, in the order of {@code inputs}
 * @param frames frames of a view, 64 in the published recipes
 * @param sequences number of sequences in the batch
 * @param features joints · 3 · persons
 * @param inputs by modality: frames × sequences × features, row-major
 */
public record ViewBatch(
    List<Modality> modalities, int frames, int sequences, int features, float[][] inputs) {

  /** A batch of zeros. */
  public static ViewBatch zeros(
      List<Modality> modalities, int frames, int sequences, int features) {
    return new ViewBatch(
        List.copyOf(modalities),
        frames,
        sequences,
        features,
        new float[modalities.size()][frames * sequences * features]);
  }

  /** Position of a sequence's first feature in a frame. */
  public int offset(int frame, int sequence) {
    return (frame * sequences + sequence) * features;
  }
}
