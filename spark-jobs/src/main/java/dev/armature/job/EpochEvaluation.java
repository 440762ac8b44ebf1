package dev.armature.job;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.evaluate.AccuracyMonitor;
import dev.armature.evaluate.EngineFactory;
import dev.armature.evaluate.EvaluationInput;
import dev.armature.evaluate.MonitorMemory;
import dev.armature.report.MetricsFile;
import dev.armature.round.Round;
import dev.armature.round.RoundListener;
import dev.armature.round.RoundReport;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import dev.armature.round.Workforce;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Measures a run's encoders every so many epochs, on the labels that training does not see, and
 * writes the figures among its metrics. Nothing depends on them: a measurement that fails is told
 * of, and the run goes on. Used by one thread.
 */
final class EpochEvaluation implements RoundListener, AutoCloseable {
  private static final int FEWEST_CLASSES = 2;

  /** Every one costs the cluster all the attempts that Spark makes at a task. */
  private static final int MOST_FAILURES = 2;

  private final int everyEpochs;
  private final Optional<AccuracyMonitor> monitor;
  private final MetricsFile metrics;
  private final Consumer<Runnable> work;
  private final Consumer<String> say;

  /** Epochs that were done at the last measurement that was due. */
  private int measured;

  private int failures;

  private EpochEvaluation(
      int everyEpochs,
      Optional<AccuracyMonitor> monitor,
      MetricsFile metrics,
      Consumer<Runnable> work,
      Consumer<String> say) {
    this.everyEpochs = everyEpochs;
    this.monitor = monitor;
    this.metrics = metrics;
    this.work = work;
    this.say = say;
  }

  /** Measures nothing where the settings do not ask for it, or the data has no labels to go by. */
  static EpochEvaluation of(
      SparkSession session,
      Settings settings,
      TrainingPlan plan,
      Manifest manifest,
      MetricsFile metrics,
      Workforce workforce,
      Consumer<String> say) {
    int everyEpochs = settings.evaluate().everyEpochs();
    boolean measurable =
        manifest.classes().count() >= FEWEST_CLASSES
            && manifest.split(Split.TRAIN).sequences() > 0
            && manifest.split(Split.TEST).sequences() > 0;
    if (everyEpochs > 0 && !measurable) {
      say.accept(
          "evaluate.every-epochs is %d, but %s has no labels or no test split to measure by"
              .formatted(everyEpochs, settings.dataPath()));
    }
    return new EpochEvaluation(
        everyEpochs,
        everyEpochs > 0 && measurable
            ? Optional.of(monitor(session, settings, plan, manifest))
            : Optional.empty(),
        metrics,
        measuring -> watched(session.sparkContext(), workforce, measuring),
        say);
  }

  /** Spark itself would wait without end where no executor is left. */
  private static void watched(SparkContext spark, Workforce workforce, Runnable measuring) {
    String group = "armature-accuracy";
    spark.setJobGroup(group, "accuracy over epochs", false);
    try {
      workforce.during(measuring, () -> spark.cancelJobGroup(group));
    } finally {
      spark.clearJobGroup();
    }
  }

  /** What measuring takes of memory beside the rounds; empty where nothing is measured. */
  static Optional<MonitorMemory> memory(Settings settings, TrainingPlan plan) {
    return settings.evaluate().everyEpochs() > 0
        ? Optional.of(
            new MonitorMemory(
                plan.backend(), plan.encoder(), plan.modalities().size(), plan.augment().frames()))
        : Optional.empty();
  }

  private static AccuracyMonitor monitor(
      SparkSession session, Settings settings, TrainingPlan plan, Manifest manifest) {
    String data = settings.dataPath();
    return new AccuracyMonitor(
        JavaSparkContext.fromSparkContext(session.sparkContext()),
        EngineFactory.of(settings.encoder().backend(), Sessions.taskCores(session)),
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

  /**
   * Measures what a run begins with, and what geometry alone reaches on the same sequences; where a
   * run only goes on, it is known.
   */
  void begin(TrainingState state) throws IOException {
    measured = state.epochs();
    if (state.rounds() == 0) {
      measure(0, 0, state.epochs(), state, AccuracyMonitor::geometric);
    }
  }

  /**
   * To be told before the round is in a checkpoint: a measurement that is cut short is repeated.
   */
  @Override
  public void roundCompleted(RoundReport report, TrainingState state) throws IOException {
    Round round = report.round();
    boolean due = everyEpochs > 0 && state.epochs() / everyEpochs > measured / everyEpochs;
    if (due || state.rounds() == report.rounds()) {
      measured = state.epochs();
      int batches = (round.firstBatch() + round.steps()) % round.stepsPerEpoch();
      double epochs = state.epochs() + (double) batches / round.stepsPerEpoch();
      measure(round.index(), round.firstStep() + round.steps(), epochs, state, none -> Map.of());
    }
  }

  private void measure(
      int round,
      long step,
      double epochs,
      TrainingState state,
      Function<AccuracyMonitor, Map<String, Object>> also)
      throws IOException {
    if (monitor.isEmpty() || failures == MOST_FAILURES) {
      return;
    }
    long began = System.nanoTime();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", "evaluation");
    line.put("round", round);
    line.put("step", step);
    line.put("epoch", epochs);
    float[][] encoders =
        state.model().query().stream().map(encoder -> encoder.values()).toArray(float[][]::new);
    try {
      work.accept(
          () -> {
            line.putAll(monitor.get().measure(encoders));
            line.putAll(also.apply(monitor.get()));
          });
    } catch (Exception failed) {
      // Not by name: a failed Spark job is a checked exception that no method of Spark's declares.
      failures++;
      say.accept(
          "the encoders could not be measured after epoch %d, training goes on%s: %s"
              .formatted(
                  state.epochs(),
                  failures == MOST_FAILURES ? " without measuring" : "",
                  Failures.describe(failed)));
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
