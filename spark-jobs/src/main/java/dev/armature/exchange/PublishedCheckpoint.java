package dev.armature.exchange;

import dev.armature.encoder.EncoderShape;
import dev.armature.round.TrainingState;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint of the published code holds.
 *
 * @param shape sizes of the encoders, from the tensors
 * @param modalities in the order of the state's lists
 * @param state encoders, momentum buffers, queues; no rounds are done
 * @param optimizer empty if the file holds none; the momentum buffers are zero then
 * @param texts what an exported file says of itself; empty in files of the published code
 * @param ignored names of tensors that have no place here
 */
public record PublishedCheckpoint(
    EncoderShape shape,
    List<Modality> modalities,
    TrainingState state,
    Optional<PublishedOptimizer> optimizer,
    Map<String, String> texts,
    List<String> ignored) {

  /** Copies the lists and the map. */
  public PublishedCheckpoint {
    modalities = List.copyOf(modalities);
    texts = Map.copyOf(texts);
    ignored = List.copyOf(ignored);
  }
}
