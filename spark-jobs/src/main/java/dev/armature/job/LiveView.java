package dev.armature.job;

import dev.armature.report.MetricsListener;
import dev.armature.report.TensorBoardFile;
import dev.armature.report.live.RunFigures;
import java.io.Closeable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;

/**
 * What is shown of a run while it goes on, beside its metrics: TensorBoard's files, the figures
 * that Spark's metrics system hands out, and run and round in the log. Used by the run's thread.
 */
final class LiveView implements MetricsListener, Closeable {
  private Optional<TensorBoardFile> tensorBoard;
  private final Optional<RunFigures> figures;
  private final LogContext log;

  private LiveView(
      Optional<TensorBoardFile> tensorBoard, Optional<RunFigures> figures, LogContext log) {
    this.tensorBoard = tensorBoard;
    this.figures = figures;
    this.log = log;
  }

  /**
   * Opens it for a run.
   *
   * @param rounds of the run that are done
   * @param steps of the run that are done
   */
  static LiveView open(SparkContext spark, PreparedRun run, int rounds, long steps)
      throws IOException {
    RunFolder folder = run.folder();
    Optional<TensorBoardFile> tensorBoard =
        run.settings().live().tensorboard()
            ? Optional.of(
                TensorBoardFile.open(
                    folder.fileSystem(),
                    folder.path(),
                    steps,
                    folder.patience(),
                    InstantSource.system()))
            : Optional.empty();
    // Only where the session has the plugin, which is where it is of one run.
    Optional<RunFigures> figures = RunFigures.of(spark.applicationId());
    figures.ifPresent(
        each -> each.begin(run.plan().round().workers(), run.manifest().setAside().total()));
    LogContext log = new LogContext(spark, folder.path().getName(), figures.isPresent());
    log.round(rounds);
    return new LiveView(tensorBoard, figures, log);
  }

  @Override
  public void written(List<Map<String, Object>> lines) {
    show(file -> file.written(lines));
    figures.ifPresent(each -> each.written(lines));
  }

  @Override
  public void persist() {
    show(TensorBoardFile::persist);
  }

  /**
   * Says which round comes next.
   *
   * @param round 0-based
   */
  void next(int round) {
    log.round(round);
  }

  /** Closes what is written to, at the end of a run. */
  void finish() {
    show(TensorBoardFile::finish);
  }

  /** What is done with an event file. */
  private interface Writing {
    void to(TensorBoardFile file) throws IOException;
  }

  /** Figures are for looking at: a file that cannot be written ends them, and not the run. */
  private void show(Writing writing) {
    if (tensorBoard.isEmpty()) {
      return;
    }
    try {
      writing.to(tensorBoard.get());
    } catch (IOException unwritable) {
      LoggedErrors.warn(
          "no more figures for TensorBoard, training goes on: " + Failures.describe(unwritable));
      tensorBoard.get().close();
      tensorBoard = Optional.empty();
    }
  }

  @Override
  public void close() {
    tensorBoard.ifPresent(TensorBoardFile::close);
    log.close();
  }
}
