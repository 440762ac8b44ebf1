package dev.armature.evaluate;

import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.List;

/** What measures of several modalities are named by. */
final class StreamNames {
  /** From two on, as many as there are modalities. */
  private static final List<String> NUMBERS = List.of("two", "three", "four", "five", "six");

  private StreamNames() {}

  /** The modalities, and all together if there are several. */
  static List<String> of(List<Modality> modalities) {
    List<String> streams = new ArrayList<>(modalities.stream().map(Modality::label).toList());
    if (modalities.size() > 1) {
      streams.add(NUMBERS.get(modalities.size() - 2) + "-stream");
    }
    return streams;
  }
}
