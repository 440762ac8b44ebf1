package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * What a classifier answered on the test split, as far as figures need it.
 *
 * @param classes number of classes
 * @param labels the true class of each sequence
 * @param predicted the class that the classifier puts first
 * @param ranks place of the true class in the classifier's order of all classes, from 0
 */
record Classification(int classes, int[] labels, int[] predicted, int[] ranks) {

  /**
   * By scores: the class with the highest comes first, of several with the same the lower class.
   *
   * @param scores sequences × classes; −∞ for a class that cannot be the answer
   * @throws IllegalStateException if a score is no number
   */
  static Classification ofScores(float[] scores, int[] labels, int classes) {
    int[] predicted = new int[labels.length];
    int[] ranks = new int[labels.length];
    for (int row = 0; row < labels.length; row++) {
      int from = row * classes;
      float own = scores[from + labels[row]];
      for (int label = 0; label < classes; label++) {
        float score = scores[from + label];
        if (Float.isNaN(score)) {
          throw new IllegalStateException(
              "the score of class %d for test sequence %d is not a number: the classifier's training diverged; set a lower learning rate (evaluate.linear-learning-rate, evaluate.fine-tune.*)"
                  .formatted(label, row));
        }
        if (score > scores[from + predicted[row]]) {
          predicted[row] = label;
        }
        if (score > own || (score == own && label < labels[row])) {
          ranks[row]++;
        }
      }
    }
    return new Classification(classes, labels, predicted, ranks);
  }

  /** Percent of the sequences whose class is among the first so many. */
  double top(int first) {
    int correct = 0;
    for (int rank : ranks) {
      correct += rank < first ? 1 : 0;
    }
    return 100.0 * correct / labels.length;
  }

  /** How often each class was taken for which. */
  ClassFigures byClass() {
    int[][] counts = new int[classes][classes];
    for (int row = 0; row < labels.length; row++) {
      counts[labels[row]][predicted[row]]++;
    }
    return ClassFigures.of(counts);
  }

  /** The same over several answers on the same sequences, of repeated draws for instance. */
  static ClassFigures byClass(List<Classification> draws) {
    int classes = draws.get(0).classes;
    int[][] counts = new int[classes][classes];
    for (Classification draw : draws) {
      for (int row = 0; row < draw.labels.length; row++) {
        counts[draw.labels[row]][draw.predicted[row]]++;
      }
    }
    return ClassFigures.of(counts);
  }

  /** The top of every draw. */
  static List<Double> tops(List<Classification> draws, int first) {
    List<Double> tops = new ArrayList<>();
    draws.forEach(draw -> tops.add(draw.top(first)));
    return tops;
  }
}
