package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** An evaluation as a table for the terminal. */
public final class EvaluationTable {
  /** The heading of the column of the measures. */
  public static final String MEASURES = "percent";

  private static final List<String> HEADER =
      List.of(MEASURES, "trained", "random weights", "difference", "top-5", "mean over classes");

  private static final String BEST_EPOCH = ".best-epoch" + EvaluationResult.ACCURACY;

  private EvaluationTable() {}

  /**
   * Aligned columns: a measure (top-1 accuracy, where nothing else is said), what the trained
   * encoders reach, what the same encoders with random weights reach, and the difference; for
   * accuracies also the trained encoders' top-5 and mean over classes. Means over draws come with
   * their sample standard deviation. A last column says how many labels there were, where some
   * measure had but a part of them. Below are the baselines and what was compared how.
   */
  public static String text(EvaluationResult result) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(header(result));
    rows.addAll(rows(result));
    List<String> remarks = new ArrayList<>();
    result
        .values()
        .forEach(
            (key, value) -> {
              if (result.percent(key).isEmpty()
                  && !key.endsWith(".best-epoch")
                  && !key.endsWith(EvaluationResult.LABELS)) {
                remarks.add("%s: %s".formatted(key, value));
              }
            });
    return align(rows) + String.join("\n", remarks) + "\n";
  }

  /** The headings of the columns: the measure, the trained encoders, and the others. */
  public static List<String> header(EvaluationResult result) {
    List<String> header = new ArrayList<>(HEADER);
    if (hasLabels(result)) {
      header.add("labels");
    }
    return List.copyOf(header);
  }

  private static boolean hasLabels(EvaluationResult result) {
    return result.values().keySet().stream().anyMatch(key -> key.endsWith(EvaluationResult.LABELS));
  }

  /** The rows below the headings, cell by cell; a cell is empty where there is no figure. */
  public static List<List<String>> rows(EvaluationResult result) {
    List<List<String>> rows = new ArrayList<>();
    boolean labels = hasLabels(result);
    for (String key : result.values().keySet()) {
      OptionalDouble percent = result.percent(key);
      if (percent.isPresent()
          && !key.startsWith(EvaluationResult.RANDOM_WEIGHTS)
          && !isBeside(key)) {
        List<String> row = new ArrayList<>(row(result, key, percent.getAsDouble()));
        if (labels) {
          row.add(labels(result, key));
        }
        rows.add(List.copyOf(row));
      }
    }
    return rows;
  }

  /** Whether a figure stands in another one's row. */
  private static boolean isBeside(String key) {
    return key.endsWith(EvaluationResult.TOP_FIVE)
        || key.endsWith(EvaluationResult.MEAN_CLASS)
        || key.endsWith(EvaluationResult.DEVIATION);
  }

  private static List<String> row(EvaluationResult result, String key, double percent) {
    OptionalDouble random = result.percent(EvaluationResult.RANDOM_WEIGHTS + key);
    boolean accuracy = key.endsWith(EvaluationResult.ACCURACY);
    String measure =
        accuracy ? key.substring(0, key.length() - EvaluationResult.ACCURACY.length()) : key;
    return List.of(
        name(key, measure),
        cell(result, key),
        cell(result, EvaluationResult.RANDOM_WEIGHTS + key),
        random.isPresent()
            ? String.format(Locale.ROOT, "%+.2f", percent - random.getAsDouble())
            : "",
        accuracy ? cell(result, measure + EvaluationResult.TOP_FIVE) : "",
        accuracy ? cell(result, measure + EvaluationResult.MEAN_CLASS) : "");
  }

  /** Of {@code semi-supervised.5-percent.joint.top1} those at 5 percent. */
  private static String labels(EvaluationResult result, String key) {
    String stream = key.substring(0, Math.max(0, key.lastIndexOf('.')));
    String fraction = stream.substring(0, Math.max(0, stream.lastIndexOf('.')));
    Object labels = result.values().get(fraction + EvaluationResult.LABELS);
    return labels == null ? "" : labels.toString();
  }

  private static String cell(EvaluationResult result, String key) {
    OptionalDouble percent = result.percent(key);
    if (percent.isEmpty()) {
      return "";
    }
    String text = EvaluationFile.round(percent.getAsDouble()).toString();
    OptionalDouble deviation = result.percent(key + EvaluationResult.DEVIATION);
    return deviation.isEmpty()
        ? text
        : text + " ± " + EvaluationFile.round(deviation.getAsDouble());
  }

  private static String name(String key, String measure) {
    return key.endsWith(BEST_EPOCH)
        ? key.substring(0, key.length() - BEST_EPOCH.length())
            + " (best epoch, as the authors report)"
        : measure;
  }

  private static String align(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        String cell = row.get(column);
        String padding = " ".repeat(widths[column] - cell.length());
        line.append(column == 0 ? cell + padding : "  " + padding + cell);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
