package dev.armature.distill;

import java.util.Arrays;

/**
 * Finds the positions of the greatest similarities of a row.
 *
 * <p>A radix selection: a histogram over the similarities' leading bits, then over the next ones of
 * those that remain in question, narrow the least chosen value down, whatever the values are;
 * nothing is sorted. Of equal similarities the lower positions are chosen, so that the choice never
 * depends on chance. No loop over the candidates branches on a value, which a processor could not
 * foresee. Has scratch memory of its own: one object per thread.
 */
final class NeighbourSelection {
  private static final int BITS = 11;
  private static final int LAST_BITS = 10;

  /** Counters of the same bin: neighbouring candidates often share one, and would wait for it. */
  private static final int LANES = 4;

  private final int candidates;
  private final int neighbours;
  private final int[] order;
  private final int[] open;
  private final int[] histogram = new int[LANES << BITS];

  /**
   * @param candidates length of a row
   * @param neighbours how many are chosen, 1 to candidates
   */
  NeighbourSelection(int candidates, int neighbours) {
    this.candidates = candidates;
    this.neighbours = neighbours;
    this.order = new int[candidates];
    this.open = new int[candidates];
  }

  /**
   * Chooses from a row.
   *
   * @param similarities at least as many numbers as there are candidates
   * @return a bit for every candidate, the chosen ones set
   */
  long[] select(float[] similarities) {
    for (int i = 0; i < candidates; i++) {
      order[i] = orderOf(similarities[i]);
    }
    int wanted = neighbours;
    int high = narrow(order, candidates, BITS + LAST_BITS, BITS, wanted);
    wanted -= above;
    int left = keep(order, candidates, BITS + LAST_BITS, high);
    int middle = (high << BITS) | narrow(open, left, LAST_BITS, BITS, wanted);
    wanted -= above;
    left = keep(open, left, LAST_BITS, middle);
    int least = (middle << LAST_BITS) | narrow(open, left, 0, LAST_BITS, wanted);
    wanted -= above;
    long[] chosen = mark(least);
    drop(chosen, least, equal - wanted);
    return chosen;
  }

  /** How many candidates lay above the bin that {@link #narrow} found last. */
  private int above;

  /** How many candidates lay in it. */
  private int equal;

  /**
   * An integer that orders as the number does when both are compared without sign; −0 as 0.
   * Negative floats order backwards by their bits, so theirs are all flipped.
   */
  private static int orderOf(float similarity) {
    int bits = Float.floatToRawIntBits(similarity + 0f);
    return bits ^ ((bits >> 31) | 0x80000000);
  }

  /**
   * Among values that agree in all bits before, finds some bits of the one that is wanted-th from
   * above, and counts those above it.
   *
   * @param shift how far right a value is shifted to show the bits
   * @param bits how many they are
   */
  private int narrow(int[] values, int count, int shift, int bits, int wanted) {
    int mask = (1 << bits) - 1;
    Arrays.fill(histogram, 0);
    for (int i = 0; i < count; i++) {
      histogram[((values[i] >>> shift) & mask) * LANES + (i & (LANES - 1))]++;
    }
    above = 0;
    int bin = mask;
    while (above + inBin(bin) < wanted) {
      above += inBin(bin);
      bin--;
    }
    equal = inBin(bin);
    return bin;
  }

  private int inBin(int bin) {
    int sum = 0;
    for (int lane = 0; lane < LANES; lane++) {
      sum += histogram[bin * LANES + lane];
    }
    return sum;
  }

  /** Keeps the values with a prefix, in {@link #open}, which may be where they are. */
  private int keep(int[] values, int count, int shift, int prefix) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int value = values[i];
      open[kept] = value;
      // Of the difference less one, the sign says whether there is none.
      kept += (((value >>> shift) ^ prefix) - 1) >>> (Integer.SIZE - 1);
    }
    return kept;
  }

  /** Marks all from the least chosen value on. */
  private long[] mark(int least) {
    long[] chosen = new long[(candidates + Long.SIZE - 1) / Long.SIZE];
    long below = Integer.toUnsignedLong(least) - 1;
    for (int word = 0; word < chosen.length; word++) {
      int start = word * Long.SIZE;
      int end = Math.min(start + Long.SIZE, candidates);
      long marks = 0;
      for (int i = start; i < end; i++) {
        long chooses = (below - Integer.toUnsignedLong(order[i])) >>> (Long.SIZE - 1);
        marks |= chooses << i;
      }
      chosen[word] = marks;
    }
    return chosen;
  }

  /** Takes the marks of the last candidates that equal the least chosen value away. */
  private void drop(long[] chosen, int least, int surplus) {
    int left = surplus;
    for (int i = candidates - 1; left > 0; i--) {
      if (order[i] == least) {
        chosen[i / Long.SIZE] &= ~(1L << i);
        left--;
      }
    }
  }
}
