package dev.armature.dataset.pyskl;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Split;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Two of a pickle's splits.
 *
 * @param train identifiers
 * @param test identifiers
 */
record PickledSplits(Set<String> train, Set<String> test) {

  /**
   * Finds the splits: those named, else those of the protocol ({@code xsub_train} and {@code
   * xsub_val}), else {@code train} with {@code val} or {@code test}.
   *
   * @throws DatasetException if there are none, naming what is there
   */
  static PickledSplits of(String source, Map<?, ?> splits, Protocol protocol, List<String> named) {
    // pyskl says xset where NTU RGB+D 120's authors say cross-setup.
    String prefix = protocol == Protocol.XSETUP ? "xset" : protocol.label();
    List<List<String>> candidates =
        named.isEmpty()
            ? List.of(
                List.of(prefix + "_train", prefix + "_val"),
                List.of("train", "val"),
                List.of("train", "test"))
            : List.of(named);
    for (List<String> pair : candidates) {
      if (splits.get(pair.get(0)) instanceof List<?> train
          && splits.get(pair.get(1)) instanceof List<?> test) {
        return new PickledSplits(identifiers(train), identifiers(test));
      }
    }
    Set<String> there = new TreeSet<>();
    splits.keySet().forEach(name -> there.add(String.valueOf(name)));
    throw new DatasetException(
        "%s has no splits %s; it has %s: choose two with --splits TRAIN,TEST"
            .formatted(source, String.join(" and ", candidates.get(0)), there));
  }

  private static Set<String> identifiers(List<?> list) {
    Set<String> identifiers = new HashSet<>();
    list.forEach(item -> identifiers.add(String.valueOf(item)));
    return identifiers;
  }

  /** The part of a sequence, if it is in exactly one. */
  Optional<Split> split(String identifier) {
    boolean trains = train.contains(identifier);
    return trains == test.contains(identifier)
        ? Optional.empty()
        : Optional.of(trains ? Split.TRAIN : Split.TEST);
  }
}
