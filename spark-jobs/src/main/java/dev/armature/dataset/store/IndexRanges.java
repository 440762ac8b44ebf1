package dev.armature.dataset.store;

import org.apache.spark.Partitioner;

/** Cuts 0 … n−1 into ranges of equal length, give or take one. */
final class IndexRanges extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int partitions;
  private final int sequences;

  IndexRanges(int partitions, int sequences) {
    this.partitions = partitions;
    this.sequences = sequences;
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object index) {
    // The last p with ⌊p·n/P⌋ ≤ index.
    return (int) ((((int) index + 1L) * partitions - 1) / sequences);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IndexRanges ranges
        && ranges.partitions == partitions
        && ranges.sequences == sequences;
  }

  @Override
  public int hashCode() {
    return 31 * partitions + sequences;
  }
}
