package dev.armature.dataset.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** A partition for each of some stretches of a split. */
final class Stretches extends Partitioner {
  private static final long serialVersionUID = 1;

  /** More ranges than these in one condition cost more than the pages that they spare. */
  private static final int MOST_RANGES = 16;

  private final int[] firsts;
  private final int[] ends;

  Stretches(List<Stretch> stretches) {
    firsts = stretches.stream().mapToInt(Stretch::first).toArray();
    ends = stretches.stream().mapToInt(Stretch::end).toArray();
    for (int place = 1; place < firsts.length; place++) {
      if (firsts[place] < ends[place - 1]) {
        throw new IllegalArgumentException(
            "stretches rise and do not overlap, found %s before %s"
                .formatted(stretches.get(place - 1), stretches.get(place)));
      }
    }
  }

  /** That an index may be in one of them: a filter that Parquet's statistics can answer. */
  Column condition(Column index) {
    List<Integer> merged = new ArrayList<>();
    for (int place = 0; place < firsts.length; place++) {
      if (place == 0 || firsts[place] > ends[place - 1]) {
        merged.add(place);
      }
    }
    if (merged.size() > MOST_RANGES) {
      return between(index, firsts[0], ends[ends.length - 1]);
    }
    Column condition = functions.lit(false);
    for (int range = 0; range < merged.size(); range++) {
      int last = range + 1 < merged.size() ? merged.get(range + 1) - 1 : ends.length - 1;
      condition = condition.or(between(index, firsts[merged.get(range)], ends[last]));
    }
    return condition;
  }

  private static Column between(Column index, int first, int end) {
    return index.geq(first).and(index.lt(end));
  }

  boolean has(int index) {
    int place = place(index);
    return place >= 0 && index < ends[place];
  }

  private int place(int index) {
    int found = Arrays.binarySearch(firsts, index);
    return found >= 0 ? found : -found - 2;
  }

  @Override
  public int numPartitions() {
    return firsts.length;
  }

  @Override
  public int getPartition(Object index) {
    return place((int) index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Stretches stretches
        && Arrays.equals(stretches.firsts, firsts)
        && Arrays.equals(stretches.ends, ends);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(firsts) + Arrays.hashCode(ends);
  }
}
