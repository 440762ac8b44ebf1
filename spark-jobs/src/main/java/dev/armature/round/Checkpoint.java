package dev.armature.round;

import dev.armature.distill.QueueSnapshot;
import dev.armature.distill.Streams;
import dev.armature.encoder.EncoderShape;
import dev.armature.skeleton.Modality;
import java.util.Arrays;
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

  /**
   * The same of some modalities only.
   *
   * @param some of its modalities, in any order
   */
  public Checkpoint of(List<Modality> some) {
    int[] places = some.stream().mapToInt(modalities::indexOf).toArray();
    ModelState model = state.model();
    QueueSnapshot queues = state.queues();
    Streams all = new Streams(modalities.size(), shape.heads());
    Streams kept = new Streams(places.length, shape.heads());
    float[][] keys = new float[kept.count()][];
    Arrays.setAll(
        keys, stream -> queues.keys()[all.index(places[kept.modality(stream)], kept.head(stream))]);
    TrainingState part =
        new TrainingState(
            state.rounds(),
            state.steps(),
            state.epochs(),
            new ModelState(
                picked(model.query(), places),
                picked(model.key(), places),
                picked(model.velocity(), places)),
            new QueueSnapshot(queues.capacity(), queues.embedding(), queues.enqueued(), keys),
            state.deal());
    return new Checkpoint(part, shape, some, provenance);
  }

  private static List<FloatBlock> picked(List<FloatBlock> all, int[] places) {
    return Arrays.stream(places).mapToObj(all::get).toList();
  }
}
