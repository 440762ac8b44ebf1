package dev.armature.report.page;

import dev.armature.evaluate.ClassFigures;
import dev.armature.evaluate.EvaluationClasses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The classes that a reader looks for first.
 *
 * @param measure of which they are, for instance {@code knn.three-stream}
 * @param worst those that fare worst, the worst first
 * @param mistakes what is most often taken for something else, the most frequent first
 */
public record ClassList(String measure, List<ClassAccuracy> worst, List<Mistake> mistakes) {
  /** As many as are read at a glance. */
  private static final int MOST = 8;

  /** Copies the lists. */
  public ClassList {
    worst = List.copyOf(worst);
    mistakes = List.copyOf(mistakes);
  }

  /**
   * A class and its accuracy.
   *
   * @param name of the class
   * @param percent of its test sequences that are given it
   */
  public record ClassAccuracy(String name, double percent) {}

  /**
   * What is taken for what.
   *
   * @param actual name of the class
   * @param predicted name of the class that it is given
   * @param count of test sequences
   */
  public record Mistake(String actual, String predicted, int count) {}

  /** Of the nearest neighbour by all streams together, or else of the first measure. */
  static ClassList of(EvaluationClasses results) {
    String measure =
        results.measures().keySet().stream()
            .filter(name -> name.startsWith("knn.") && name.endsWith("-stream"))
            .findFirst()
            .orElseGet(() -> results.measures().keySet().iterator().next());
    ClassFigures figures = results.measures().get(measure);
    List<ClassAccuracy> all = new ArrayList<>();
    for (int label = 0; label < figures.accuracy().size(); label++) {
      Double percent = figures.accuracy().get(label);
      if (percent != null) {
        all.add(new ClassAccuracy(results.classes().get(label), percent));
      }
    }
    all.sort(Comparator.comparingDouble(ClassAccuracy::percent));
    List<Mistake> mistakes =
        figures.confusion().stream()
            .filter(cell -> cell.label() != cell.predicted())
            .sorted(Comparator.comparingInt(ClassFigures.Confusion::count).reversed())
            .limit(MOST)
            .map(
                cell ->
                    new Mistake(
                        results.classes().get(cell.label()),
                        results.classes().get(cell.predicted()),
                        cell.count()))
            .toList();
    return new ClassList(measure, all.subList(0, Math.min(MOST, all.size())), mistakes);
  }
}
