package dev.armature.evaluate;

import java.util.Arrays;

/** Puts the indices of scores in order: the largest score first, of two alike the lower index. */
final class FallingOrder {
  private FallingOrder() {}

  /**
   * Orders a run of scores, none of which is no number.
   *
   * @param scores of which some are taken, from {@code from} on
   * @param order receives as many entries as it has room for; {@code (int)} of each is an index,
   *     counted from {@code from}
   */
  static void of(float[] scores, int from, long[] order) {
    for (int index = 0; index < order.length; index++) {
      order[index] = (long) falling(scores[from + index]) << Integer.SIZE | index;
    }
    Arrays.sort(order);
  }

  /** A number whose order as an integer is the reverse of the float's; both zeros are alike. */
  private static int falling(float score) {
    int bits = Float.floatToIntBits(score + 0f);
    return ~(bits ^ (bits >> (Integer.SIZE - 1) & Integer.MAX_VALUE));
  }
}
