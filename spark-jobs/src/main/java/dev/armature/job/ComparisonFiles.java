package dev.armature.job;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.report.ComparedRun;
import dev.armature.report.ComparisonChart;
import dev.armature.report.ComparisonCsv;
import dev.armature.report.ComparisonMarkdown;
import dev.armature.report.ComparisonTable;
import dev.armature.report.MetricsFile;
import dev.armature.round.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a comparison writes besides its runs, made of what lies in their folders: {@code NAME.md},
 * {@code NAME.png}, {@code NAME.csv} (the table) and {@code NAME-runs.csv} (every figure). Used by
 * one thread at a time.
 */
final class ComparisonFiles {
  private final Comparison comparison;
  private final SettingsOptions options;
  private final Configuration hadoop;

  /** By label; a run that is done does not change. */
  private final Map<String, ComparedRun> done = new HashMap<>();

  /**
   * @param options with which the command was called
   */
  ComparisonFiles(Comparison comparison, SettingsOptions options, Configuration hadoop) {
    this.comparison = comparison;
    this.options = options;
    this.hadoop = hadoop;
  }

  /** Where the table is written. */
  Path page() {
    return file(".md");
  }

  private Path file(String ending) {
    return new Path(comparison.folder(), comparison.name() + ending);
  }

  /**
   * Writes all files.
   *
   * @param failures why runs failed, by name
   * @param underWay names of runs into whose folders others write meanwhile; these are not looked
   *     into
   * @return the runs as they stand
   */
  List<ComparedRun> write(Map<String, String> failures, Set<String> underWay) throws IOException {
    List<ComparedRun> runs = new ArrayList<>();
    for (ComparisonCell cell : comparison.cells()) {
      runs.add(underWay.contains(cell.run()) ? unfinished(cell) : run(cell, failures));
    }
    ComparisonTable table = ComparisonTable.of(comparison.cases(), comparison.protocols(), runs);
    Optional<byte[]> chart = chart(table);
    if (chart.isPresent()) {
      DurableFile.replace(file(".png"), chart.get(), hadoop);
    }
    text(file("-runs.csv"), ComparisonCsv.runs(runs));
    text(file(".csv"), ComparisonCsv.summary(table));
    text(
        page(),
        ComparisonMarkdown.text(
            comparison.title(),
            chart.isPresent() ? file(".png").getName() : "",
            facts(runs),
            table,
            runs));
    return runs;
  }

  private void text(Path file, String text) throws IOException {
    DurableFile.replace(file, text.getBytes(StandardCharsets.UTF_8), hadoop);
  }

  /** A machine without fonts can still have the table. */
  private Optional<byte[]> chart(ComparisonTable table) throws IOException {
    try {
      return ComparisonChart.png(comparison.title(), table);
    } catch (LinkageError | InternalError | RuntimeException undrawable) {
      LoggedErrors.warn(
          "no chart, this machine cannot draw (%s): install fontconfig and a font, and call compare --table-only"
              .formatted(Failures.describe(undrawable)));
      return Optional.empty();
    }
  }

  private static ComparedRun unfinished(ComparisonCell cell) {
    return new ComparedRun(
        cell.caseName(),
        cell.seed(),
        cell.run(),
        Optional.empty(),
        OptionalDouble.empty(),
        "under way");
  }

  private ComparedRun run(ComparisonCell cell, Map<String, String> failures) throws IOException {
    String failure = failures.get(cell.run());
    if (failure == null && done.containsKey(cell.label())) {
      return done.get(cell.label());
    }
    CellState state = CellState.of(cell, comparison.protocols(), hadoop);
    String remark = failure != null ? "failed: " + failure : state.done() ? "" : state.text(cell);
    ComparedRun run =
        new ComparedRun(
            cell.caseName(),
            cell.seed(),
            cell.run(),
            state.evaluation(),
            state.done() ? secondsPerStep(cell) : OptionalDouble.empty(),
            remark);
    if (failure == null && state.done()) {
      done.put(cell.label(), run);
    }
    return run;
  }

  private OptionalDouble secondsPerStep(ComparisonCell cell) throws IOException {
    RunFolder folder = new RunFolder(cell.settings().outputDir(), hadoop);
    return MetricsFile.secondsPerStep(folder.fileSystem(), folder.path());
  }

  private List<String> facts(List<ComparedRun> runs) {
    List<String> facts = new ArrayList<>();
    StringBuilder command = new StringBuilder("compare --conf ").append(options.recipe());
    options
        .overrides()
        .forEach(override -> command.append(" --set '").append(override).append('\''));
    facts.add("Command: `%s`".formatted(command));
    Set<String> data = new LinkedHashSet<>();
    for (ComparisonCell cell : comparison.cells()) {
      Manifest manifest = cell.manifest();
      data.add(
          String.format(
              Locale.ROOT,
              "Data: %s %s, %d training and %d test sequences, %d classes (chance %.1f %%)",
              manifest.dataset(),
              manifest.protocol(),
              manifest.split(Split.TRAIN).sequences(),
              manifest.split(Split.TEST).sequences(),
              manifest.classes().count(),
              100.0 / manifest.classes().count()));
    }
    facts.addAll(data);
    facts.add(
        "Seeds: "
            + comparison.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    facts.add(
        "Versions: "
            + Versions.current().entrySet().stream()
                .map(version -> version.getKey() + " " + version.getValue())
                .collect(Collectors.joining(", ")));
    String commit = System.getProperty("armature.commit", "");
    if (!commit.isBlank()) {
      facts.add("Commit: " + commit);
    }
    runs.stream()
        .flatMap(run -> run.evaluation().stream())
        .findFirst()
        .ifPresent(evaluation -> facts.add(evaluated(evaluation)));
    return facts;
  }

  private static String evaluated(EvaluationResult evaluation) {
    return "Evaluation: "
        + evaluation.values().entrySet().stream()
            .filter(
                value ->
                    Set.of(
                            "knn.k",
                            "knn.metric",
                            "one-shot.draws",
                            "semi-supervised.draws",
                            "fine-tuning.epochs",
                            "fine-tuning.batch",
                            "fine-tuning.workers",
                            "linear.epochs",
                            "linear.batch",
                            "linear.learning-rate")
                        .contains(value.getKey()))
            .map(value -> value.getKey() + " " + value.getValue())
            .collect(Collectors.joining(", "));
  }
}
