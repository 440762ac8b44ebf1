package dev.armature.job;

import dev.armature.encoder.EncoderShape;
import dev.armature.report.MetricsFile;
import dev.armature.round.CarriedCheckpoint;
import dev.armature.round.Checkpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.DivergenceGuard;
import dev.armature.round.QueueAge;
import dev.armature.round.RoundBytes;
import dev.armature.round.RoundListener;
import dev.armature.round.RoundLosses;
import dev.armature.round.RoundReport;
import dev.armature.round.StepLosses;
import dev.armature.round.TrainingState;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;

/** Writes down what happens in a run: metrics after every round, checkpoints when due. */
final class RunRecorder implements RoundListener {
  private final MetricsFile metrics;
  private final Consumer<RoundReport> display;
  private final CheckpointStore checkpoints;
  private final CarriedCheckpoint carried;
  private final Settings.CheckpointSettings cadence;
  private final EncoderShape shape;
  private final List<Modality> modalities;
  private final Map<String, String> provenance;
  private final QueueAge queueAge;
  private final DivergenceGuard guard;

  /** The newest checkpoint from before the loss began to rise. */
  private OptionalInt good;

  /** Rounds that are done. */
  private int rounds;

  /** Whether a checkpoint was due while the loss was suspect. */
  private boolean owed;

  /**
   * @param display is told of every round once it is written down
   * @param memory of the rounds that are done
   */
  RunRecorder(
      MetricsFile metrics,
      Consumer<RoundReport> display,
      CheckpointStore checkpoints,
      CarriedCheckpoint carried,
      Settings.CheckpointSettings cadence,
      EncoderShape shape,
      List<Modality> modalities,
      Map<String, String> provenance,
      RunMemory memory) {
    this.metrics = metrics;
    this.display = display;
    this.checkpoints = checkpoints;
    this.carried = carried;
    this.cadence = cadence;
    this.shape = shape;
    this.modalities = modalities;
    this.provenance = provenance;
    queueAge = memory.queueAge();
    guard = memory.guard();
    good = memory.good();
    rounds = memory.rounds();
  }

  /** The newest checkpoint from before the loss began to rise, by its rounds. */
  OptionalInt goodCheckpoint() {
    return good;
  }

  /**
   * {@inheritDoc}
   *
   * @throws dev.armature.round.DivergedException if a loss has been above what may be for as long
   *     as it may, or is above with the last round, which is in a checkpoint then
   */
  @Override
  public void roundCompleted(RoundReport report, TrainingState state) throws IOException {
    QueueAge.Age age = queueAge.after(report.round());
    double rise = guard.see(RoundLosses.of(report), age.filled());
    // Metrics first: a run that is killed in between does the round again and drops these lines.
    metrics.write(lines(report, age, rise));
    rounds = state.rounds();
    DivergenceGuard.Verdict verdict = guard.judge();
    boolean last = state.rounds() == report.rounds();
    boolean suspect = verdict == DivergenceGuard.Verdict.SUSPECT;
    owed |= last || state.rounds() % cadence.everyRounds() == 0;
    // What may be found to have diverged displaces nothing that is good.
    if (owed && (last || !suspect)) {
      if (verdict == DivergenceGuard.Verdict.GOOD) {
        good = OptionalInt.of(state.rounds());
      }
      checkpoint(state);
      owed = false;
    }
    display.accept(report);
    if (last) {
      guard.end();
    }
  }

  /** Writes down why the run ends here, for the report; what ends it is told in any case. */
  void failed(RuntimeException failure) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", "failure");
    line.put("round", rounds);
    line.put("reason", Failures.describe(failure));
    try {
      metrics.write(List.of(line));
      metrics.persist();
    } catch (IOException | RuntimeException unwritable) {
      failure.addSuppressed(unwritable);
    }
  }

  private void checkpoint(TrainingState state) throws IOException {
    long began = System.nanoTime();
    // A run that goes on from it learns from them what came before.
    metrics.persist();
    TrainingState whole = carried.write(state, checkpoints);
    Path path = checkpoints.write(new Checkpoint(whole, shape, modalities, provenance));
    checkpoints.keepNewest(cadence.keep(), good);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", "checkpoint");
    line.put("round", state.rounds() - 1);
    line.put("file", path.getName());
    line.put("seconds", (System.nanoTime() - began) * 1e-9);
    metrics.write(List.of(line));
  }

  private static List<Map<String, Object>> lines(
      RoundReport report, QueueAge.Age age, double rise) {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (int step = 0; step < report.steps().size(); step++) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("type", "step");
      line.put("round", report.round().index());
      line.put("epoch", report.round().epochOf(step) + 1);
      line.put("step", report.round().firstStep() + step + 1);
      StepLosses losses = report.steps().get(step);
      losses.terms().forEach((name, value) -> line.put("loss." + name, value));
      losses.mixed().forEach((name, value) -> line.put("neighbours-mixed." + name, value));
      line.put("learning-rate", report.learningRates().get(step));
      lines.add(line);
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", "round");
    line.put("round", report.round().index());
    line.put("epoch", report.round().epochOf(report.round().steps() - 1) + 1);
    line.put("rounds", report.rounds());
    line.put("steps", report.round().steps());
    line.put("workers", report.hosts().size());
    line.put("hosts", report.hosts());
    if (!report.executors().isEmpty()) {
      line.put("executors", report.executors());
    }
    line.put("sequences", report.sequences());
    line.put("seconds", report.seconds());
    line.put("sequences-per-second", report.sequences() / report.seconds());
    report
        .workerSeconds()
        .forEach(
            (phase, seconds) ->
                line.put("seconds.worker." + phase.name().toLowerCase(Locale.ROOT), seconds));
    report
        .driverSeconds()
        .forEach((phase, seconds) -> line.put("seconds.driver." + phase, seconds));
    RoundBytes bytes = report.bytes();
    line.put("bytes.published.model", bytes.publishedModel());
    line.put("bytes.published.queues", bytes.publishedQueues());
    line.put("bytes.received.parameters", bytes.receivedParameters());
    line.put("bytes.received.accounts", bytes.receivedAccounts());
    line.put("bytes.shuffled", bytes.shuffled());
    line.put("bytes.fetched", bytes.fetched());
    line.put("queue.age-rounds", age.rounds());
    line.put("queue.age-steps", age.steps());
    line.put("loss.rise", rise);
    line.put("copies-received", bytes.copiesReceived());
    Runtime driver = Runtime.getRuntime();
    line.put("driver.heap", driver.totalMemory() - driver.freeMemory());
    lines.add(line);
    return lines;
  }
}
