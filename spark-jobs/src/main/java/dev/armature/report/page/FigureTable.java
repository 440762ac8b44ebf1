package dev.armature.report.page;

import dev.armature.evaluate.EvaluationResult;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Figures of runs side by side.
 *
 * @param columns headings, one for each run, or of one run for its encoders, the random weights and
 *     the difference
 * @param rows a measure each
 */
public record FigureTable(List<String> columns, List<Row> rows) {

  /** Copies the lists. */
  public FigureTable {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * A measure.
   *
   * @param measure its key, without {@code .top1} where that is its end
   * @param cells percents as text; empty where there is none
   */
  public record Row(String measure, List<String> cells) {}

  /** The table of one run: what it reaches, what random weights reach, and the difference. */
  public static FigureTable of(EvaluationResult result) {
    List<Row> rows = new ArrayList<>();
    for (String key : measures(result)) {
      OptionalDouble random = result.percent(EvaluationResult.RANDOM_WEIGHTS + key);
      double trained = result.percent(key).orElseThrow();
      rows.add(
          new Row(
              title(key),
              List.of(
                  percent(trained),
                  random.isPresent() ? percent(random.getAsDouble()) : "",
                  random.isPresent()
                      ? String.format(Locale.ROOT, "%+.2f", trained - random.getAsDouble())
                      : "")));
    }
    return new FigureTable(List.of("trained", "random weights", "difference"), rows);
  }

  /** The table of several runs; a measure that one of them does not have is left empty there. */
  public static FigureTable of(Map<String, EvaluationResult> runs) {
    Set<String> measures = new LinkedHashSet<>();
    runs.values().forEach(result -> measures.addAll(measures(result)));
    List<Row> rows = new ArrayList<>();
    for (String key : measures) {
      List<String> cells = new ArrayList<>();
      for (EvaluationResult result : runs.values()) {
        OptionalDouble figure = result.percent(key);
        cells.add(figure.isPresent() ? percent(figure.getAsDouble()) : "");
      }
      rows.add(new Row(title(key), cells));
    }
    return new FigureTable(List.copyOf(runs.keySet()), rows);
  }

  private static List<String> measures(EvaluationResult result) {
    return result.values().keySet().stream()
        .filter(key -> !key.startsWith(EvaluationResult.RANDOM_WEIGHTS))
        .filter(key -> result.percent(key).isPresent())
        .toList();
  }

  private static String title(String key) {
    return key.endsWith(EvaluationResult.ACCURACY)
        ? key.substring(0, key.length() - EvaluationResult.ACCURACY.length())
        : key;
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
