package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.EvaluationFile;
import dev.armature.evaluate.EvaluationMap;
import dev.armature.evaluate.EvaluationMapFile;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.report.page.BoundedSeries;
import dev.armature.report.page.ClassResults;
import dev.armature.report.page.ReportPage;
import dev.armature.report.page.RunHistory;
import dev.armature.report.page.RunReport;
import dev.armature.report.page.Verdict;
import dev.armature.round.DurableFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Brings together what a report says of a run, from the run's folder and those beside it. */
final class RunReports {
  private static final DateTimeFormatter TO_THE_MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Configuration hadoop;

  RunReports(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * Writes a run's own report into its folder if that can be done. What it tells of is done, and
   * the report can be made again: where it fails a line says so.
   *
   * @return where it is
   */
  static Path attempt(RunFolder folder, Configuration hadoop) {
    Path page = new Path(folder.path(), ReportPage.NAME);
    try {
      write(List.of(new RunReports(hadoop).of(folder)), page, hadoop);
    } catch (IOException | RuntimeException failed) {
      System.err.printf(
          "armature: no %s (report %s makes it): %s%n",
          ReportPage.NAME, folder.path(), Failures.describe(failed));
    }
    return page;
  }

  /** Writes a report; a reader sees the whole of it or the one before it. */
  static void write(List<RunReport> runs, Path page, Configuration hadoop) throws IOException {
    DurableFile.replace(page, ReportPage.html(runs).getBytes(StandardCharsets.UTF_8), hadoop);
  }

  /**
   * What there is to say of a run.
   *
   * @throws UserMistakeException if the folder is not a run's
   */
  RunReport of(RunFolder folder) throws IOException {
    Config configuration = folder.requireConfiguration();
    RunHistory history = RunHistory.read(folder.fileSystem(), folder.path());
    Optional<EvaluationResult> evaluation = evaluation(folder);
    Optional<Manifest> data = data(SettingsFile.text(configuration, "data.path"));
    List<String> remarks = new ArrayList<>();
    remarks(folder, configuration, evaluation, data, remarks);
    return new RunReport(
        folder.path().getName(),
        folder.path().toString(),
        summary(configuration, data),
        written(folder),
        verdict(folder, configuration, evaluation, history),
        history,
        evaluation,
        ClassResults.read(folder.fileSystem(), folder.path()),
        map(folder),
        data,
        settings(configuration),
        provenance(configuration, data, evaluation),
        remarks);
  }

  private Optional<EvaluationResult> evaluation(RunFolder folder) throws IOException {
    return EvaluationFile.read(RunEvaluation.file(folder), hadoop);
  }

  private Optional<EvaluationMap> map(RunFolder folder) throws IOException {
    return EvaluationMapFile.read(new Path(folder.path(), EvaluationMapFile.NAME), hadoop);
  }

  private Optional<Manifest> data(String path) {
    if (path.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Manifest.read(hadoop, path));
    } catch (DatasetException | UncheckedIOException | IllegalArgumentException gone) {
      return Optional.empty();
    }
  }

  private static void remarks(
      RunFolder folder,
      Config configuration,
      Optional<EvaluationResult> evaluation,
      Optional<Manifest> data,
      List<String> remarks)
      throws IOException {
    String path = SettingsFile.text(configuration, "data.path");
    if (data.isEmpty() && !path.isBlank()) {
      remarks.add(
          "The data set %s cannot be read any more: what was set aside is not shown."
              .formatted(path));
    }
    if (evaluation.isEmpty()) {
      remarks.add(
          "Not evaluated yet. evaluate --run %s --data %s measures it and writes this page anew."
              .formatted(folder.path(), path.isBlank() ? "URI" : path));
      return;
    }
    List<Integer> rounds = folder.checkpoints().rounds();
    Object evaluated = evaluation.get().values().get(RunEvaluation.CHECKPOINT);
    if (!rounds.isEmpty()
        && evaluated != null
        && !folder.checkpoints().checksum(rounds.get(rounds.size() - 1)).equals(evaluated)) {
      remarks.add("The figures are of another checkpoint than the newest; evaluate again.");
    }
  }

  private static String summary(Config configuration, Optional<Manifest> data) {
    List<String> parts = new ArrayList<>();
    data.ifPresent(manifest -> parts.add(manifest.dataset() + " " + manifest.protocol()));
    parts.add(SettingsFile.text(configuration, "distill.method"));
    parts.add(
        "hidden %s, %s layers"
            .formatted(
                SettingsFile.text(configuration, "encoder.hidden"),
                SettingsFile.text(configuration, "encoder.layers")));
    parts.add(String.join(", ", configuration.getStringList("encoder.modalities")));
    parts.add("%s workers".formatted(SettingsFile.text(configuration, "round.workers")));
    parts.add("seed %s".formatted(SettingsFile.text(configuration, "train.seed")));
    return String.join(" · ", parts);
  }

  /** When anything of a run was last written down. */
  private static String written(RunFolder folder) throws IOException {
    long newest = 0;
    for (String name : List.of("run.conf", "metrics.jsonl", EvaluationFile.NAME)) {
      try {
        newest =
            Math.max(
                newest,
                folder
                    .fileSystem()
                    .getFileStatus(new Path(folder.path(), name))
                    .getModificationTime());
      } catch (FileNotFoundException none) {
        // An imported run has no metrics, and not every one is evaluated.
      }
    }
    return newest == 0 ? "" : TO_THE_MINUTE.format(Instant.ofEpochMilli(newest));
  }

  private Verdict verdict(
      RunFolder folder,
      Config configuration,
      Optional<EvaluationResult> evaluation,
      RunHistory history)
      throws IOException {
    Optional<RunFolder> before = PreviousRun.of(folder, configuration, hadoop);
    if (before.isEmpty()) {
      return Verdict.none("The first run of this recipe in its folder: nothing to compare with.");
    }
    String name = before.get().path().getName();
    Optional<EvaluationResult> then = evaluation(before.get());
    if (evaluation.isPresent() && then.isPresent()) {
      Optional<Verdict> judged = Verdict.of(evaluation.get(), then.get(), name);
      if (judged.isPresent()) {
        return judged.get();
      }
    }
    RunHistory past = RunHistory.read(before.get().fileSystem(), before.get().path());
    return Verdict.none(
        "%s has no figures that last run %s has, too. Total loss %s, then %s."
            .formatted(
                evaluation.isPresent() ? "This run" : "This run is not evaluated yet, and",
                name,
                lastLoss(history),
                lastLoss(past)));
  }

  private static String lastLoss(RunHistory history) {
    BoundedSeries loss = history.steps().get("loss.total");
    if (loss == null || loss.values().length == 0) {
      return "unknown";
    }
    double[] values = loss.values();
    return String.format(Locale.ROOT, "%.3f", values[values.length - 1]);
  }

  private static List<RunReport.Setting> settings(Config configuration) {
    Config reference = SettingsFile.resolve(SettingsFile.reference());
    List<RunReport.Setting> settings = new ArrayList<>();
    for (Map.Entry<String, ConfigValue> entry :
        configuration.withoutPath(SettingsFile.VERSIONS).entrySet()) {
      String key = entry.getKey();
      boolean changed =
          !reference.hasPath(key)
              || !reference.getValue(key).unwrapped().equals(entry.getValue().unwrapped());
      settings.add(new RunReport.Setting(key, text(entry.getValue()), changed));
    }
    settings.sort(Comparator.comparing(RunReport.Setting::key));
    return settings;
  }

  private static String text(ConfigValue value) {
    return value.unwrapped() instanceof String text
        ? text
        : value.render(ConfigRenderOptions.concise());
  }

  private static List<RunReport.Setting> provenance(
      Config configuration, Optional<Manifest> data, Optional<EvaluationResult> evaluation) {
    List<RunReport.Setting> facts = new ArrayList<>();
    data.ifPresent(
        manifest -> {
          facts.add(new RunReport.Setting("data.checksum", manifest.checksum(), false));
          facts.add(new RunReport.Setting("data.source", manifest.source().fingerprint(), false));
        });
    evaluation
        .map(result -> result.values().get(RunEvaluation.CHECKPOINT))
        .ifPresent(
            checksum ->
                facts.add(new RunReport.Setting("checkpoint.sha256", checksum.toString(), false)));
    if (configuration.hasPath(SettingsFile.VERSIONS)) {
      configuration.getConfig(SettingsFile.VERSIONS).entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(
              entry ->
                  facts.add(new RunReport.Setting(entry.getKey(), text(entry.getValue()), false)));
    }
    return facts;
  }
}
