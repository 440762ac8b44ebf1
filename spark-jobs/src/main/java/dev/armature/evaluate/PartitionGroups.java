package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Splits what is to be collected into jobs that the driver can take. */
final class PartitionGroups {
  private PartitionGroups() {}

  /**
   * Groups of consecutive partitions, as few as keep a group's share of the bytes within the limit;
   * a single partition is never split.
   *
   * @param bytes of all partitions together, taken to be alike
   * @param limit bytes a job
   */
  static List<int[]> of(int partitions, long bytes, long limit) {
    int groups = (int) Math.max(1, Math.min(partitions, (bytes + limit - 1) / limit));
    List<int[]> split = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      int from = (int) ((long) group * partitions / groups);
      int to = (int) ((long) (group + 1) * partitions / groups);
      split.add(IntStream.range(from, to).toArray());
    }
    return split;
  }
}
