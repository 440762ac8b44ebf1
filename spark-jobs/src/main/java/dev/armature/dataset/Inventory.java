package dev.armature.dataset;

import dev.armature.skeleton.SkeletonLayout;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a raw data set holds, found without reading the recordings.
 *
 * @param layout the layout of its skeletons
 * @param classes number of actions
 * @param classNames the actions' names by label; empty where they are not known
 * @param recordings in the data set's order, which is that of the indices of each split
 * @param setAside what can be seen to be unusable already, in order of the ids
 */
public record Inventory(
    SkeletonLayout layout,
    int classes,
    List<String> classNames,
    List<Recording> recordings,
    List<SetAside> setAside) {

  /**
   * Keeps the recordings in the order given.
   *
   * @throws DatasetException if two recordings have the same id
   */
  public Inventory {
    classNames = List.copyOf(classNames);
    recordings = List.copyOf(recordings);
    setAside = setAside.stream().sorted(Comparator.comparing(SetAside::id)).toList();
    Map<String, Recording> byId = new HashMap<>();
    for (Recording recording : recordings) {
      Recording before = byId.put(recording.id(), recording);
      if (before != null) {
        throw new DatasetException(
            "recording %s is there twice, in %s and %s: remove one of them, or give it a name of its own"
                .formatted(recording.id(), before.location(), recording.location()));
      }
    }
  }

  /**
   * The same with recordings in order of their ids, for data sets that have no order of their own,
   * such as folders of files.
   *
   * @throws DatasetException if two recordings have the same id
   */
  public static Inventory ordered(
      SkeletonLayout layout,
      int classes,
      List<String> classNames,
      List<Recording> recordings,
      List<SetAside> setAside) {
    return new Inventory(
        layout,
        classes,
        classNames,
        recordings.stream().sorted(Comparator.comparing(Recording::id)).toList(),
        setAside);
  }
}
