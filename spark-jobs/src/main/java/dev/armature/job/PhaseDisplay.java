package dev.armature.job;

import dev.armature.evaluate.EvaluationProgress;
import dev.armature.report.Progress;
import java.util.Optional;

/** Shows an evaluation's progress, one phase after the other. */
final class PhaseDisplay implements EvaluationProgress, AutoCloseable {
  private Optional<Progress> shown = Optional.empty();
  private String current = "";

  @Override
  public void advanced(String phase, long done, long total) {
    if (!phase.equals(current)) {
      close();
      current = phase;
      shown = Optional.of(Progress.start(phase, "", 0, total));
    }
    shown.ifPresent(progress -> progress.at(done, total));
    if (done == total) {
      close();
    }
  }

  @Override
  public void close() {
    shown.ifPresent(Progress::close);
    shown = Optional.empty();
  }
}
