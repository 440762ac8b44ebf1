package dev.armature.round;

import dev.armature.distill.Head;
import dev.armature.distill.Streams;
import dev.armature.encoder.ParameterLayout;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a worker of a plan carries from round to round, vector by vector: kind by kind, and within a
 * kind by modality, queues by stream.
 *
 * @param slots in order; none if workers carry nothing
 */
record CarriedLayout(List<Slot> slots) implements Serializable {

  /**
   * One vector.
   *
   * @param kind what it is
   * @param index the modality, or a queue's stream
   * @param name in files, for instance {@code velocity.joint}
   * @param shape of its numbers
   */
  record Slot(CarriedKind kind, int index, String name, List<Integer> shape)
      implements Serializable {
    int length() {
      return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }
  }

  static CarriedLayout of(TrainingPlan plan) {
    List<Slot> slots = new ArrayList<>();
    Streams streams = plan.streams();
    List<Integer> encoder = List.of(new ParameterLayout(plan.encoder()).size());
    List<Integer> queue = List.of(plan.distill().queue(), plan.encoder().embedding());
    for (CarriedKind kind : plan.round().sharing().carried(plan.round().teacher())) {
      boolean queues = kind == CarriedKind.QUEUE;
      for (int i = 0; i < (queues ? streams.count() : streams.modalities()); i++) {
        String label = plan.modalities().get(queues ? streams.modality(i) : i).label();
        String head =
            queues && streams.head(i) != Head.INSTANCE ? "." + streams.head(i).label() : "";
        slots.add(new Slot(kind, i, kind.prefix() + label + head, queues ? queue : encoder));
      }
    }
    return new CarriedLayout(List.copyOf(slots));
  }

  boolean isEmpty() {
    return slots.isEmpty();
  }

  /** The places of one kind's vectors. */
  List<Integer> places(CarriedKind kind) {
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < slots.size(); place++) {
      if (slots.get(place).kind() == kind) {
        places.add(place);
      }
    }
    return places;
  }

  /** Bytes of one worker's vectors. */
  long bytes() {
    return slots.stream().mapToLong(slot -> (long) slot.length() * Float.BYTES).sum();
  }
}
