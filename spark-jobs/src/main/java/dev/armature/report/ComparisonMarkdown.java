package dev.armature.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A comparison as Markdown. */
public final class ComparisonMarkdown {
  private ComparisonMarkdown() {}

  /**
   * The page of a comparison.
   *
   * @param title of the page
   * @param chart name of the chart's file; empty for none
   * @param facts what one must know to read or repeat it, a line each
   * @param runs all of them, for those that are not finished
   */
  public static String text(
      String title,
      String chart,
      List<String> facts,
      ComparisonTable table,
      List<ComparedRun> runs) {
    StringBuilder text = new StringBuilder("# ").append(title).append("\n\n");
    text.append(table(table));
    text.append(
        "\nTop-1 accuracy in percent: mean ± sample standard deviation over the seeds (n of them); linear: after the last epoch. Seconds a step: the median over a run's rounds, mean over the seeds; in brackets relative to the first case, and disturbed by whatever else ran then.\n");
    if (!chart.isEmpty()) {
      text.append("\n![").append(title).append("](").append(chart).append(")\n");
    }
    List<String> remarks =
        runs.stream()
            .filter(run -> !run.remark().isEmpty())
            .map(
                run ->
                    "- %s, seed %d (%s): %s"
                        .formatted(
                            run.caseName(),
                            run.seed(),
                            run.run(),
                            run.remark().strip().replaceAll("\\s*\n\\s*", " ")))
            .toList();
    if (!remarks.isEmpty()) {
      text.append("\nNot in the table:\n\n").append(String.join("\n", remarks)).append('\n');
    }
    text.append('\n');
    facts.forEach(fact -> text.append("- ").append(fact).append('\n'));
    return text.toString();
  }

  private static String table(ComparisonTable table) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of(""));
    table.measures().forEach(measure -> header.add(ComparisonTable.title(measure)));
    header.addAll(List.of("s/step", "n"));
    rows.add(header);
    rows.add(header.stream().map(column -> column.isEmpty() ? "---" : "---:").toList());
    table.rows().forEach(row -> rows.add(cells(table, row)));
    table.baselines().forEach(row -> rows.add(cells(table, row)));
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append("| ").append(String.join(" | ", row)).append(" |\n");
    }
    return text.toString();
  }

  private static List<String> cells(ComparisonTable table, ComparisonTable.Row row) {
    List<String> cells = new ArrayList<>();
    cells.add(row.name().replace("|", "\\|"));
    for (String measure : table.measures()) {
      Sample sample = row.accuracies().get(measure);
      cells.add(sample == null ? "" : sample.text());
    }
    cells.add(
        row.secondsPerStep()
            .map(
                seconds ->
                    Double.isNaN(row.relativeTime())
                        ? String.format(Locale.ROOT, "%.3f", seconds.mean())
                        : String.format(
                            Locale.ROOT, "%.3f (%.2f)", seconds.mean(), row.relativeTime()))
            .orElse(""));
    cells.add(Integer.toString(row.runs()));
    return cells;
  }
}
