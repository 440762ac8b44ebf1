package dev.armature.report;

import com.univocity.parsers.csv.CsvWriter;
import com.univocity.parsers.csv.CsvWriterSettings;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Consumer;

/** A comparison as comma-separated values: every figure of every run, and the table. */
public final class ComparisonCsv {
  private ComparisonCsv() {}

  /** A line a figure: case, seed, run, metric, value. A run without figures has its remark. */
  public static String runs(List<ComparedRun> runs) {
    return text(
        List.of("case", "seed", "run", "metric", "value"),
        csv -> {
          for (ComparedRun run : runs) {
            run.evaluation()
                .ifPresent(
                    evaluation ->
                        evaluation
                            .values()
                            .forEach((metric, value) -> row(csv, run, metric, value)));
            run.secondsPerStep().ifPresent(seconds -> row(csv, run, "seconds-per-step", seconds));
            if (!run.remark().isEmpty()) {
              row(csv, run, "remark", run.remark());
            }
          }
        });
  }

  private static void row(CsvWriter csv, ComparedRun run, String metric, Object value) {
    csv.writeRow(run.caseName(), run.seed(), run.run(), metric, value);
  }

  /** A line a cell of the table: case, metric, runs, mean, sample standard deviation. */
  public static String summary(ComparisonTable table) {
    return text(
        List.of("case", "metric", "runs", "mean", "deviation"),
        csv -> {
          for (ComparisonTable.Row row : table.rows()) {
            summarize(csv, row);
            row.secondsPerStep()
                .ifPresent(seconds -> cell(csv, row.name(), "seconds-per-step", seconds));
          }
          table.baselines().forEach(row -> summarize(csv, row));
        });
  }

  private static void summarize(CsvWriter csv, ComparisonTable.Row row) {
    row.accuracies().forEach((metric, sample) -> cell(csv, row.name(), metric, sample));
  }

  private static void cell(CsvWriter csv, String name, String metric, Sample sample) {
    csv.writeRow(
        name,
        metric,
        sample.count(),
        sample.mean(),
        Double.isNaN(sample.deviation()) ? "" : sample.deviation());
  }

  private static String text(List<String> header, Consumer<CsvWriter> rows) {
    StringWriter text = new StringWriter();
    CsvWriterSettings settings = new CsvWriterSettings();
    settings.getFormat().setLineSeparator("\n");
    CsvWriter csv = new CsvWriter(text, settings);
    csv.writeHeaders(header);
    rows.accept(csv);
    csv.close();
    return text.toString();
  }
}
