package dev.armature.distill;

import java.util.Arrays;

/**
 * Finds the positions of the greatest similarities of a row.
 *
 * <p>A radix selection: histograms over the similarities' leading bits, then over the next ones of
 * those that remain in question, narrow the least chosen value down in three scans, whatever the
 * values are; nothing is sorted. Of equal similarities the lower positions are chosen, so that the
 * choice never depends on chance. Has scratch memory of its own: one object per thread.
 */
final class NeighbourSelection {
  private static final int BITS = 11;
  private static final int LAST_BITS = 10;

  private final int candidates;
  private final int neighbours;
  private final int[] order;
  private final int[] histogram = new int[1 << BITS];

  /**
   * @param candidates length of a row
   * @param neighbours how many are chosen, 1 to candidates
   */
  NeighbourSelection(int candidates, int neighbours) {
    this.candidates = candidates;
    this.neighbours = neighbours;
    this.order = new int[candidates];
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
    int high = narrow(0, 0, BITS + LAST_BITS, BITS, wanted);
    wanted -= above;
    int middle = narrow(high, BITS + LAST_BITS, LAST_BITS, BITS, wanted);
    wanted -= above;
    int least = narrow(middle, LAST_BITS, 0, LAST_BITS, wanted);
    wanted -= above;
    return mark(least, wanted);
  }

  /** How many candidates lay above the bin that {@link #narrow} found last. */
  private int above;

  /**
   * An integer that orders as the number does when both are compared without sign; −0 as 0.
   * Negative floats order backwards by their bits, so theirs are all flipped.
   */
  private static int orderOf(float similarity) {
    int bits = Float.floatToRawIntBits(similarity + 0f);
    return bits ^ ((bits >> 31) | 0x80000000);
  }

  /**
   * One step: among the candidates with a known prefix, finds the next bits of the value that is
   * wanted-th from above, and counts those above it.
   *
   * @param prefix the bits known so far
   * @param prefixShift how far right an order is shifted to show them; 0 while none are known
   * @param shift how far right an order is shifted to show the prefix and the next bits
   * @param bits how many bits come next
   * @return the prefix with the next bits
   */
  private int narrow(int prefix, int prefixShift, int shift, int bits, int wanted) {
    int mask = (1 << bits) - 1;
    Arrays.fill(histogram, 0);
    if (prefixShift == 0) {
      for (int i = 0; i < candidates; i++) {
        histogram[(order[i] >>> shift) & mask]++;
      }
    } else {
      for (int i = 0; i < candidates; i++) {
        if (order[i] >>> prefixShift == prefix) {
          histogram[(order[i] >>> shift) & mask]++;
        }
      }
    }
    above = 0;
    int bin = mask;
    while (above + histogram[bin] < wanted) {
      above += histogram[bin];
      bin--;
    }
    return (prefix << bits) | bin;
  }

  /** Marks all above the least chosen value, and as many equal to it as are wanted. */
  private long[] mark(int least, int equals) {
    long[] chosen = new long[(candidates + Long.SIZE - 1) / Long.SIZE];
    int signed = least ^ 0x80000000;
    int left = equals;
    for (int word = 0; word < chosen.length; word++) {
      int start = word * Long.SIZE;
      int end = Math.min(start + Long.SIZE, candidates);
      long above = 0;
      long equal = 0;
      for (int i = start; i < end; i++) {
        int value = order[i] ^ 0x80000000;
        above |= (value > signed ? 1L : 0L) << i;
        equal |= (value == signed ? 1L : 0L) << i;
      }
      while (equal != 0 && left > 0) {
        above |= Long.lowestOneBit(equal);
        equal &= equal - 1;
        left--;
      }
      chosen[word] = above;
    }
    return chosen;
  }
}
