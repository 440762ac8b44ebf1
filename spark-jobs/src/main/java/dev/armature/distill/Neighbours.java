package dev.armature.distill;

/**
 * How many neighbours, as a number of keys or as a fraction of the queue.
 *
 * @param value a whole number from 1 on: keys; greater than 0 and less than 1: a fraction. 1 is one
 *     key; the whole queue is said by its length
 */
public record Neighbours(double value) {

  /**
   * @throws IllegalArgumentException if the value is neither
   */
  public Neighbours {
    if (!valid(value)) {
      throw new IllegalArgumentException(
          "neighbours must be a whole number from 1 on, or a fraction of the queue between 0 and 1, found "
              + value);
    }
  }

  /** Whether a value is a whole number of keys, or a fraction. */
  public static boolean valid(double value) {
    boolean fraction = value > 0 && value < 1;
    boolean number = value >= 1 && value <= Integer.MAX_VALUE && value == Math.rint(value);
    return fraction || number;
  }

  /**
   * The number of keys: at least 1, a fraction rounded to the nearest; a number as it is, even if
   * it is more than there are.
   *
   * @param queue keys in a queue
   */
  public int of(int queue) {
    return value < 1 ? (int) Math.max(1, Math.round(value * queue)) : (int) value;
  }
}
