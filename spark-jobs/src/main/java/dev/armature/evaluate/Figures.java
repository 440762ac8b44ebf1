package dev.armature.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.stat.StatUtils;

/** Gathers the figures of an evaluation in the order in which they are measured. */
final class Figures {
  /** With fewer classes the true one is always among the first five. */
  private static final int FIRST = 5;

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, ClassFigures> byClass = new LinkedHashMap<>();

  /** The same figures, to be added to. */
  Figures copy() {
    Figures copy = new Figures();
    copy.values.putAll(values);
    copy.byClass.putAll(byClass);
    return copy;
  }

  /** A percent, a count or a text. */
  void put(String key, Object value) {
    values.put(key, value);
  }

  /** Top-1, top-5 where there are more than five classes, the mean over classes, and classes. */
  void classified(String measure, Classification answer) {
    put(measure + EvaluationResult.ACCURACY, answer.top(1));
    if (answer.classes() > FIRST) {
      put(measure + EvaluationResult.TOP_FIVE, answer.top(FIRST));
    }
    ClassFigures figures = answer.byClass();
    put(measure + EvaluationResult.MEAN_CLASS, figures.meanAccuracy());
    byClass.put(measure, figures);
  }

  /** Means over draws, each with its sample standard deviation where there are several. */
  void drawn(String measure, List<Classification> draws) {
    sample(measure + EvaluationResult.ACCURACY, Classification.tops(draws, 1));
    if (draws.get(0).classes() > FIRST) {
      sample(measure + EvaluationResult.TOP_FIVE, Classification.tops(draws, FIRST));
    }
    sample(
        measure + EvaluationResult.MEAN_CLASS,
        draws.stream().map(draw -> draw.byClass().meanAccuracy()).toList());
    byClass.put(measure, Classification.byClass(draws));
  }

  private void sample(String key, List<Double> draws) {
    double[] numbers = draws.stream().mapToDouble(Double::doubleValue).toArray();
    put(key, StatUtils.mean(numbers));
    if (numbers.length > 1) {
      put(key + EvaluationResult.DEVIATION, Math.sqrt(StatUtils.variance(numbers)));
    }
  }

  /**
   * @param classes names by label
   */
  EvaluationOutcome outcome(List<String> classes, Optional<EvaluationMap> map) {
    return new EvaluationOutcome(
        new EvaluationResult(values), new EvaluationClasses(classes, byClass), map);
  }
}
