package dev.armature.evaluate;

import dev.armature.augment.Seeds;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Some of many, the same ones every time, in rising order. Not every n-th: data sets number
 * sequences by action, camera and person in turn, and every n-th may be of one class.
 */
final class EvenSample {
  private static final long SEED = Seeds.combine(0, "sample");

  private EvenSample() {}

  /**
   * Picks places.
   *
   * @param all how many there are
   * @param most to pick; all where there are no more
   * @return places from 0 to {@code all} − 1
   */
  static int[] of(int all, int most) {
    return all <= most
        ? IntStream.range(0, all).toArray()
        : IntStream.range(0, all)
            .boxed()
            .sorted(Comparator.comparingLong(place -> Seeds.combine(SEED, place)))
            .limit(most)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray();
  }
}
