package dev.armature.evaluate;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What an encoder, or a baseline, makes of a set of sequences: one row a sequence, in the order of
 * their indices.
 *
 * <p>The array is not copied, neither in nor out, and nobody writes to it once the features are
 * made; so they are safe to share between threads.
 *
 * @param rows number of sequences
 * @param columns length of a feature vector
 * @param values rows × columns, row-major, finite
 */
public record Features(int rows, int columns, float[] values) implements Serializable {

  /**
   * @throws IllegalArgumentException if the array does not have rows · columns numbers
   */
  public Features {
    if (rows < 0 || columns < 1 || values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "features of %d rows × %d columns need %d numbers, found %d"
              .formatted(rows, columns, (long) rows * columns, values.length));
    }
  }

  /** A copy of some rows, from the first one to the one before {@code end}. */
  Features rows(int first, int end) {
    return new Features(
        end - first, columns, Arrays.copyOfRange(values, first * columns, end * columns));
  }

  /** A copy whose rows have Euclidean length 1; a row of zeros stays a row of zeros. */
  public Features normalized() {
    float[] normalized = new float[values.length];
    for (int row = 0; row < rows; row++) {
      int from = row * columns;
      double squares = 0;
      for (int place = from; place < from + columns; place++) {
        squares += (double) values[place] * values[place];
      }
      if (squares > 0) {
        double scale = 1 / Math.sqrt(squares);
        for (int place = from; place < from + columns; place++) {
          normalized[place] = (float) (values[place] * scale);
        }
      }
    }
    return new Features(rows, columns, normalized);
  }
}
