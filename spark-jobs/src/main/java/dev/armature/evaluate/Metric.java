package dev.armature.evaluate;

import java.util.Arrays;
import java.util.Locale;

/** By what two feature vectors are near each other. */
enum Metric {
  /** The cosine of the angle between them: their inner product, once both have length 1. */
  COSINE,
  /**
   * Euclidean distance: {@code −½|a−b|²} without the query's {@code ½|a|²}, which moves no
   * neighbour before another.
   */
  EUCLIDEAN;

  /** What features have to go through before they are searched. */
  Features prepare(Features features) {
    return this == COSINE ? features.normalized() : features;
  }

  /** What is to be taken off every inner product with a training row. */
  double[] offsets(Features training) {
    double[] offsets = new double[training.rows()];
    if (this == EUCLIDEAN) {
      int columns = training.columns();
      for (int row = 0; row < offsets.length; row++) {
        double squares = 0;
        for (int place = row * columns; place < (row + 1) * columns; place++) {
          squares += (double) training.values()[place] * training.values()[place];
        }
        offsets[row] = squares / 2;
      }
    }
    return offsets;
  }

  /**
   * The metric of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Metric of(String label) {
    return Arrays.stream(values())
        .filter(metric -> metric.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown metric '%s'; choose cosine or euclidean".formatted(label)));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
