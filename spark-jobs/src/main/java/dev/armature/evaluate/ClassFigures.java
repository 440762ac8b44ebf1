package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * A measure class by class.
 *
 * @param confusion how often a class was taken for which: only what occurred, by true class, then
 *     by predicted class
 * @param accuracy by class, the percent of its test sequences that were recognized; null for a
 *     class that has none
 */
public record ClassFigures(List<Confusion> confusion, List<Double> accuracy) {

  /**
   * One cell of the confusion matrix that is not 0.
   *
   * @param label the true class
   * @param predicted the class it was taken for
   * @param count how often
   */
  public record Confusion(int label, int predicted, int count) {}

  /** Copies the lists; those of accuracies may hold nulls. */
  public ClassFigures {
    confusion = List.copyOf(confusion);
    accuracy = Collections.unmodifiableList(new ArrayList<>(accuracy));
  }

  /**
   * @param counts true class × predicted class
   */
  static ClassFigures of(int[][] counts) {
    List<Confusion> confusion = new ArrayList<>();
    List<Double> accuracy = new ArrayList<>();
    for (int label = 0; label < counts.length; label++) {
      int sequences = 0;
      for (int predicted = 0; predicted < counts.length; predicted++) {
        int count = counts[label][predicted];
        sequences += count;
        if (count > 0) {
          confusion.add(new Confusion(label, predicted, count));
        }
      }
      accuracy.add(
          sequences == 0 ? null : Double.valueOf(100.0 * counts[label][label] / sequences));
    }
    return new ClassFigures(confusion, accuracy);
  }

  /** Mean of the accuracies of those classes that have test sequences, in percent. */
  public double meanAccuracy() {
    return accuracy.stream()
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(0);
  }
}
