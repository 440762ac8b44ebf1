package dev.armature.dataset;

import dev.armature.skeleton.SkeletonLayout;
import java.util.Comparator;
import java.util.List;

/**
 * What a raw data set holds, found without reading the recordings.
 *
 * @param layout the layout of its skeletons
 * @param classes number of actions
 * @param classNames the actions' names by label; empty where they are not known
 * @param recordings in order of their ids
 * @param setAside what can be seen to be unusable already, in order of the ids
 */
public record Inventory(
    SkeletonLayout layout,
    int classes,
    List<String> classNames,
    List<Recording> recordings,
    List<SetAside> setAside) {

  /**
   * Sorts by id.
   *
   * @throws DatasetException if two recordings have the same id
   */
  public Inventory {
    classNames = List.copyOf(classNames);
    recordings = recordings.stream().sorted(Comparator.comparing(Recording::id)).toList();
    setAside = setAside.stream().sorted(Comparator.comparing(SetAside::id)).toList();
    for (int i = 1; i < recordings.size(); i++) {
      Recording first = recordings.get(i - 1);
      Recording second = recordings.get(i);
      if (first.id().equals(second.id())) {
        throw new DatasetException(
            "recording %s is there twice: %s and %s; remove one of them"
                .formatted(first.id(), first.location(), second.location()));
      }
    }
  }
}
