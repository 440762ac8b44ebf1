package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.EvaluationClasses;
import dev.armature.evaluate.EvaluationFile;
import dev.armature.evaluate.EvaluationMap;
import dev.armature.evaluate.EvaluationMapFile;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.report.MetricsFile;
import dev.armature.report.page.BoundedSeries;
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
import java.util.Arrays;
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

  /** A tenth: single steps go up and down. */
  private static final int LAST_PART = 10;

  private final Configuration hadoop;

  RunReports(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * Writes a run's own report into its folder if that can be done. What it tells of is done, and
   * the report can be made again: where it fails a line says so.
   *
   * @return where it is; empty if it could not be written
   */
  static Optional<Path> attempt(RunFolder folder, Configuration hadoop) {
    Path page = new Path(folder.path(), ReportPage.NAME);
    try {
      write(List.of(new RunReports(hadoop).of(folder)), page, hadoop);
      return Optional.of(page);
    } catch (IOException | RuntimeException | LinkageError failed) {
      LoggedErrors.warn(
          "no %s (report %s makes it): %s"
              .formatted(ReportPage.NAME, folder.path(), failed.getMessage()));
      return Optional.empty();
    }
  }

  /** Writes a report; a reader sees the whole of it or the one before it. */
  static void write(List<RunReport> runs, Path page, Configuration hadoop) throws IOException {
    DurableFile.replace(page, ReportPage.html(runs).getBytes(StandardCharsets.UTF_8), hadoop);
  }

  /** A part of a report, which may be unreadable. */
  private interface Part<T> {
    T read() throws IOException;
  }

  /** A part, or a remark where it cannot be read: one broken file does not cost the page. */
  private static <T> T part(String what, T without, List<String> remarks, Part<T> part) {
    try {
      return part.read();
    } catch (IOException | RuntimeException unreadable) {
      remarks.add("%s: %s".formatted(what, Failures.describe(unreadable)));
      return without;
    }
  }

  /** What there is to say of a run, under the last part of its folder's name. */
  RunReport of(RunFolder folder) throws IOException {
    return of(folder, folder.path().getName());
  }

  /**
   * The same.
   *
   * @param name of the run in the report
   * @throws UserMistakeException if the folder is not a run's
   */
  RunReport of(RunFolder folder, String name) throws IOException {
    Config configuration = folder.requireConfiguration();
    RunHistory history = RunHistory.read(folder.fileSystem(), folder.path());
    List<String> remarks = new ArrayList<>();
    Optional<EvaluationResult> evaluation =
        part("No figures", Optional.empty(), remarks, () -> evaluation(folder));
    Optional<Manifest> data = data(configuration, remarks);
    remarks(folder, configuration, evaluation, remarks);
    return new RunReport(
        name,
        folder.path().toString(),
        summary(configuration, data),
        part("When it was written is not known", "", remarks, () -> written(folder)),
        part(
            "Not compared",
            Verdict.none("Could not be compared with the run before it."),
            remarks,
            () -> verdict(folder, configuration, evaluation, history)),
        history,
        evaluation,
        part("No figures by class", Optional.empty(), remarks, () -> classes(folder)),
        part("No map", Optional.empty(), remarks, () -> map(folder, evaluation)),
        data,
        settings(configuration),
        provenance(configuration, evaluation),
        remarks);
  }

  private Optional<EvaluationResult> evaluation(RunFolder folder) throws IOException {
    return EvaluationFile.read(RunEvaluation.file(folder), hadoop);
  }

  private Optional<EvaluationClasses> classes(RunFolder folder) throws IOException {
    return EvaluationClasses.read(new Path(folder.path(), EvaluationClasses.NAME), hadoop)
        .filter(found -> !found.measures().isEmpty());
  }

  /** Of the checkpoint whose figures are shown. */
  private Optional<EvaluationMap> map(RunFolder folder, Optional<EvaluationResult> evaluation)
      throws IOException {
    return EvaluationMapFile.read(new Path(folder.path(), EvaluationMapFile.NAME), hadoop)
        .filter(
            found ->
                evaluation
                    .map(result -> result.values().get(RunEvaluation.CHECKPOINT))
                    .filter(found.checkpoint()::equals)
                    .isPresent());
  }

  private Optional<Manifest> data(Config configuration, List<String> remarks) {
    String path = SettingsFile.text(configuration, "data.path");
    if (path.isBlank()) {
      return Optional.empty();
    }
    try {
      Manifest manifest = Manifest.read(hadoop, path);
      if (configuration.hasPath(RunFolder.DATA)
          && !configuration.getString(RunFolder.DATA).equals(manifest.checksum())) {
        remarks.add(
            "%s is not the data any more that the run was trained on: what was set aside of that is not shown."
                .formatted(path));
        return Optional.empty();
      }
      return Optional.of(manifest);
    } catch (DatasetException | UncheckedIOException | IllegalArgumentException gone) {
      remarks.add(
          "The data set %s cannot be read any more: what was set aside is not shown."
              .formatted(path));
      return Optional.empty();
    }
  }

  private static void remarks(
      RunFolder folder,
      Config configuration,
      Optional<EvaluationResult> evaluation,
      List<String> remarks) {
    if (evaluation.isEmpty()) {
      String path = SettingsFile.text(configuration, "data.path");
      remarks.add(
          "Not evaluated yet. evaluate --run %s --data %s measures it and writes this page anew."
              .formatted(folder.path(), path.isBlank() ? "URI" : path));
      return;
    }
    if (!evaluation.get().missing().isEmpty()) {
      remarks.add(
          "The evaluation did not end, %s is missing: call evaluate again, it goes on."
              .formatted(evaluation.get().values().get(EvaluationResult.UNFINISHED)));
    }
    Object evaluated = evaluation.get().values().get(RunEvaluation.CHECKPOINT);
    Optional<String> newest =
        part("The newest checkpoint is not known", Optional.empty(), remarks, () -> newest(folder));
    if (newest.isPresent() && evaluated != null && !newest.get().equals(evaluated)) {
      remarks.add("The figures are of another checkpoint than the newest; evaluate again.");
    }
  }

  /** Its checksum. */
  private static Optional<String> newest(RunFolder folder) throws IOException {
    List<Integer> rounds = folder.checkpoints().rounds();
    return rounds.isEmpty()
        ? Optional.empty()
        : Optional.of(folder.checkpoints().checksum(rounds.get(rounds.size() - 1)));
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
    for (Path file :
        List.of(
            RunFolder.configuration(folder.path()),
            new Path(folder.path(), MetricsFile.NAME),
            RunEvaluation.file(folder))) {
      try {
        newest = Math.max(newest, folder.fileSystem().getFileStatus(file).getModificationTime());
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
    List<RunFolder> before = PreviousRun.of(folder, configuration, hadoop);
    if (before.isEmpty()) {
      return Verdict.none("The first run of this recipe in its folder: nothing to compare with.");
    }
    if (evaluation.isPresent()) {
      for (RunFolder run : before) {
        Optional<Verdict> judged =
            evaluation(run)
                .flatMap(then -> Verdict.of(evaluation.get(), then, run.path().getName()));
        if (judged.isPresent()) {
          return judged.get();
        }
      }
      return Verdict.none(
          "No run of this recipe before it has figures to compare with; the last one was %s."
              .formatted(before.get(0).path().getName()));
    }
    RunFolder last = before.get(0);
    return Verdict.none(
        "Not evaluated yet. Total loss %s after %s in the last run, %s."
            .formatted(
                lastLoss(history),
                lastLoss(RunHistory.read(last.fileSystem(), last.path())),
                last.path().getName()));
  }

  /** Mean over the last part of the steps. */
  private static String lastLoss(RunHistory history) {
    BoundedSeries loss = history.steps().get("loss.total");
    if (loss == null || loss.values().length == 0) {
      return "unknown";
    }
    double[] values = loss.values();
    int last = Math.max(1, values.length / LAST_PART);
    return String.format(
        Locale.ROOT,
        "%.3f",
        Arrays.stream(values, values.length - last, values.length).average().orElseThrow());
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
      Config configuration, Optional<EvaluationResult> evaluation) {
    List<RunReport.Setting> facts = new ArrayList<>();
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
