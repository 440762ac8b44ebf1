package dev.armature.round;

import dev.armature.encoder.EncoderShape;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A training state, with what one must know to go on from it or to use its encoders.
 *
 * @param state the encoders, the optimizer, the queues
 * @param shape sizes of the encoders
 * @param modalities in the order of the state's lists
 * @param provenance where it comes from, by name: configuration, data, versions; nothing that
 *     differs between two runs that should be alike, such as a time or a path of the output
 */
public record Checkpoint(
    TrainingState state,
    EncoderShape shape,
    List<Modality> modalities,
    Map<String, String> provenance) {

  /** Copies list and map. */
  public Checkpoint {
    modalities = List.copyOf(modalities);
    provenance = new TreeMap<>(provenance);
  }
}
