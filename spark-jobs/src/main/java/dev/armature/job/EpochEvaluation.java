package dev.armature.job;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngines;
import dev.armature.evaluate.AccuracyMonitor;
import dev.armature.evaluate.EvaluationInput;
import dev.armature.evaluate.MonitorMemory;
import dev.armature.report.MetricsFile;
import dev.armature.round.Round;
import dev.armature.round.RoundListener;
import dev.armature.round.RoundReport;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Measures a run's encoders every so many epochs, on the labels that training does not see, and
 * writes the figures among its metrics. Nothing depends on them: a measurement that fails is told
 * of, and the run goes on. Used by one thread.
 */
final class EpochEvaluation implements RoundListener, AutoCloseable {
  private static final int FEWEST_CLASSES = 2;

  private final int everyEpochs;
  private final Optional<AccuracyMonitor> monitor;
  private final MetricsFile metrics;
  private final Consumer<String> say;

  private EpochEvaluation(
      int everyEpochs,
      Optional<AccuracyMonitor> monitor,
      MetricsFile metrics,
      Consumer<String> say) {
    this.everyEpochs = everyEpochs;
    this.monitor = monitor;
    this.metrics = metrics;
    this.say = say;
  }

  /** Measures nothing where the settings do not ask for it, or the data has no labels to go by. */
  static EpochEvaluation of(
      SparkSession session,
      Settings settings,
      TrainingPlan plan,
      Manifest manifest,
      MetricsFile metrics,
      Consumer<String> say) {
    int everyEpochs = settings.evaluate().everyEpochs();
    boolean measurable =
        everyEpochs > 0
            && manifest.classes().count() >= FEWEST_CLASSES
            && manifest.split(Split.TRAIN).sequences() > 0
            && manifest.split(Split.TEST).sequences() > 0;
    return new EpochEvaluation(
        everyEpochs,
        measurable ? Optional.of(monitor(session, settings, plan, manifest)) : Optional.empty(),
        metrics,
        say);
  }

  /** What measuring takes of memory beside the rounds; empty where nothing is measured. */
  static Optional<MonitorMemory> memory(Settings settings, TrainingPlan plan) {
    return settings.evaluate().everyEpochs() > 0
        ? Optional.of(
            new MonitorMemory(plan.encoder(), plan.modalities().size(), plan.augment().frames()))
        : Optional.empty();
  }

  private static AccuracyMonitor monitor(
      SparkSession session, Settings settings, TrainingPlan plan, Manifest manifest) {
    EncoderBackend backend = settings.encoder().backend();
    int threads = Sessions.taskCores(session);
    String data = settings.dataPath();
    return new AccuracyMonitor(
        JavaSparkContext.fromSparkContext(session.sparkContext()),
        (shape, modalities) -> EncoderEngines.open(shape, modalities, backend, threads),
        plan.encoder(),
        plan.modalities(),
        new EvaluationInput(
            SkeletonStore.read(session, data, Split.TRAIN),
            SkeletonStore.read(session, data, Split.TEST),
            manifest.classes().count(),
            manifest.layout(),
            manifest.persons(),
            settings.augment()),
        settings.evaluate().neighbours());
  }

  /** Measures what a run begins with, unless it only goes on. */
  void begin(TrainingState state) throws IOException {
    if (state.rounds() == 0) {
      measure(0, 0, state);
    }
  }

  @Override
  public void roundCompleted(RoundReport report, TrainingState state) throws IOException {
    Round round = report.round();
    boolean whole = (round.firstBatch() + round.steps()) % round.stepsPerEpoch() == 0;
    int done = round.epochOf(round.steps() - 1) + (whole ? 1 : 0);
    boolean last = state.rounds() == report.rounds();
    if (everyEpochs > 0 && (last || done / everyEpochs > round.epoch() / everyEpochs)) {
      measure(round.index(), done, state);
    }
  }

  private void measure(int round, int epoch, TrainingState state) throws IOException {
    if (monitor.isEmpty()) {
      return;
    }
    long began = System.nanoTime();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", "evaluation");
    line.put("round", round);
    line.put("epoch", epoch);
    try {
      line.putAll(
          monitor
              .get()
              .measure(
                  state.model().query().stream()
                      .map(encoder -> encoder.values())
                      .toArray(float[][]::new)));
    } catch (RuntimeException failed) {
      say.accept(
          "the encoders could not be measured after epoch %d, training goes on: %s"
              .formatted(epoch, Failures.describe(failed)));
      return;
    }
    line.put("seconds", (System.nanoTime() - began) * 1e-9);
    metrics.write(List.of(line));
  }

  @Override
  public void close() {
    monitor.ifPresent(AccuracyMonitor::close);
  }
}
