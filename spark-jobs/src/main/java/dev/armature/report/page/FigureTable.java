package dev.armature.report.page;

import dev.armature.evaluate.EvaluationResult;
import dev.armature.evaluate.EvaluationTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Figures of runs side by side.
 *
 * @param columns headings, that of the measures first
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
   * @param measure its name
   * @param cells percents as text; empty where there is none
   */
  public record Row(String measure, List<String> cells) {}

  /** The table of one run, as {@code evaluate} prints it. */
  static FigureTable of(EvaluationResult result) {
    return new FigureTable(
        EvaluationTable.header(result),
        EvaluationTable.rows(result).stream()
            .map(row -> new Row(row.get(0), row.subList(1, row.size())))
            .toList());
  }

  /**
   * What the trained encoders of several runs reach; a measure that one of them does not have is
   * left empty there.
   */
  static FigureTable of(Map<String, EvaluationResult> runs) {
    List<String> columns = new ArrayList<>(List.of(EvaluationTable.MEASURES));
    SideBySide cells = new SideBySide(runs.size());
    runs.forEach(
        (name, result) -> {
          EvaluationTable.rows(result)
              .forEach(row -> cells.put(row.get(0), columns.size() - 1, row.get(1)));
          columns.add(name);
        });
    return new FigureTable(
        columns,
        cells.rows().entrySet().stream()
            .map(row -> new Row(row.getKey(), row.getValue()))
            .toList());
  }
}
