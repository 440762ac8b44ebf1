package dev.armature.dataset.store;

import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the manifest needs to know of some of the sequences. Summaries of parts are merged into that
 * of the whole, in their order. Mutable while it is being filled; not thread-safe.
 */
final class PartitionSummary implements Serializable {
  private static final long serialVersionUID = 1;

  /** What it knows of one split. */
  static final class OfSplit implements Serializable {
    private static final long serialVersionUID = 1;

    private final TreeMap<Integer, Integer> perLabel = new TreeMap<>();
    private int sequences;
    private int shortest = Integer.MAX_VALUE;
    private int longest;
    private long frames;
    private ContentChecksum checksum = ContentChecksum.EMPTY;

    int sequences() {
      return sequences;
    }

    Manifest.SplitSummary summary(int classes) {
      List<Integer> perClass = new ArrayList<>();
      for (int label = 0; label < classes; label++) {
        perClass.add(perLabel.getOrDefault(label, 0));
      }
      double mean = Math.round(100.0 * frames / sequences) / 100.0;
      return new Manifest.SplitSummary(
          sequences, perClass, new Manifest.Frames(shortest, mean, longest));
    }

    private void merge(OfSplit other) {
      other.perLabel.forEach((label, count) -> perLabel.merge(label, count, Integer::sum));
      sequences += other.sequences;
      shortest = Math.min(shortest, other.shortest);
      longest = Math.max(longest, other.longest);
      frames += other.frames;
      checksum = checksum.then(other.checksum);
    }
  }

  private final Map<Split, OfSplit> splits = new EnumMap<>(Split.class);
  private final List<SetAside> setAside = new ArrayList<>();
  private int persons;

  PartitionSummary() {
    for (Split split : Split.values()) {
      splits.put(split, new OfSplit());
    }
  }

  void add(Split split, SkeletonSequence sequence) {
    OfSplit of = splits.get(split);
    of.perLabel.merge(sequence.label(), 1, Integer::sum);
    of.sequences++;
    of.shortest = Math.min(of.shortest, sequence.frames());
    of.longest = Math.max(of.longest, sequence.frames());
    of.frames += sequence.frames();
    persons = Math.max(persons, sequence.persons());
    of.checksum = of.checksum.then(ContentChecksum.of(split, sequence));
  }

  void add(SetAside bad) {
    setAside.add(bad);
  }

  void merge(PartitionSummary other) {
    other.splits.forEach((split, of) -> splits.get(split).merge(of));
    setAside.addAll(other.setAside);
    persons = Math.max(persons, other.persons);
  }

  OfSplit split(Split split) {
    return splits.get(split);
  }

  List<SetAside> setAside() {
    return setAside;
  }

  ContentChecksum checksum() {
    ContentChecksum whole = ContentChecksum.EMPTY;
    for (Split split : Split.values()) {
      whole = whole.then(splits.get(split).checksum);
    }
    return whole;
  }

  int persons() {
    return persons;
  }
}
