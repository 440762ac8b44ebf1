package dev.armature.evaluate;

import dev.armature.augment.Seeds;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Draws the sequences whose labels semi-supervised training may see, class by class. */
final class LabelledDraw {
  private LabelledDraw() {}

  /**
   * Of every class its share, rounded, and at least one.
   *
   * @param labels of all training sequences
   * @param fraction in (0, 1]
   * @param seed of this draw
   * @return rows, rising
   */
  static int[] of(int[] labels, int classes, double fraction, long seed) {
    int[] wanted = shares(labels, classes, fraction);
    // The first ones of each class in an order that knows nothing of classes.
    return Arrays.stream(LinearClassifier.order(labels.length, Seeds.combine(seed, "labelled")))
        .filter(row -> wanted[labels[row]]-- > 0)
        .sorted()
        .toArray();
  }

  /**
   * How many of every class are drawn. A seed draws the same rows for two fractions whose shares
   * are alike, and of two fractions the rows of the smaller one are among those of the larger one.
   *
   * @return by class
   */
  static int[] shares(int[] labels, int classes, double fraction) {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    int[] shares = new int[classes];
    for (int label = 0; label < classes; label++) {
      shares[label] =
          (int) Math.max(Math.min(1, counts[label]), Math.round(fraction * counts[label]));
    }
    return shares;
  }

  /** All of them. */
  static int[] all(int rows) {
    return IntStream.range(0, rows).toArray();
  }
}
