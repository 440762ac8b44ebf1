package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** An evaluation as a table for the terminal. */
public final class EvaluationTable {
  private static final List<String> HEADER =
      List.of("top-1 accuracy, %", "trained", "random weights", "difference");

  private static final String BEST_EPOCH = ".best-epoch" + EvaluationResult.ACCURACY;

  private EvaluationTable() {}

  /**
   * Aligned columns: a measure, what the trained encoders reach, what the same encoders with random
   * weights reach, and the difference; below, the baselines and what was compared how.
   */
  public static String text(EvaluationResult result) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    List<String> remarks = new ArrayList<>();
    for (Map.Entry<String, Object> entry : result.values().entrySet()) {
      String key = entry.getKey();
      if (key.startsWith(EvaluationResult.RANDOM_WEIGHTS)) {
        continue;
      }
      OptionalDouble percent = result.percent(key);
      if (percent.isPresent()) {
        rows.add(row(result, key, percent.getAsDouble()));
      } else if (!key.endsWith(".best-epoch")) {
        remarks.add("%s: %s".formatted(key, entry.getValue()));
      }
    }
    return align(rows) + String.join("\n", remarks) + "\n";
  }

  private static List<String> row(EvaluationResult result, String key, double percent) {
    OptionalDouble random = result.percent(EvaluationResult.RANDOM_WEIGHTS + key);
    return List.of(
        name(key),
        EvaluationFile.round(percent).toString(),
        random.isPresent() ? EvaluationFile.round(random.getAsDouble()).toString() : "",
        random.isPresent()
            ? String.format(Locale.ROOT, "%+.2f", percent - random.getAsDouble())
            : "");
  }

  private static String name(String key) {
    return key.endsWith(BEST_EPOCH)
        ? key.substring(0, key.length() - BEST_EPOCH.length())
            + " (best epoch, as the authors report)"
        : key.substring(0, key.length() - EvaluationResult.ACCURACY.length());
  }

  private static String align(List<List<String>> rows) {
    int[] widths = new int[HEADER.size()];
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
