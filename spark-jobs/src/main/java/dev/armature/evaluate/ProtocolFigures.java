package dev.armature.evaluate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;

/** Measures encoders by one protocol at a time and writes the figures down. */
final class ProtocolFigures {
  private final JavaSparkContext spark;
  private final EvaluationSettings settings;
  private final EvaluationProgress progress;
  private final int classes;
  private final Figures figures;

  /**
   * @param progress is told of every phase
   * @param figures receive all figures
   */
  ProtocolFigures(
      JavaSparkContext spark,
      EvaluationSettings settings,
      EvaluationProgress progress,
      int classes,
      Figures figures) {
    this.spark = spark;
    this.settings = settings;
    this.progress = progress;
    this.classes = classes;
    this.figures = figures;
  }

  void neighbours(Subject subject) {
    ComparedSplits splits = subject.compared(spark, settings.threads());
    String name = subject.name(EvaluationProtocol.KNN.label());
    progress.advanced(name, 0, 1);
    List<Classification> answers =
        new NeighbourEvaluation(spark, Metric.COSINE, settings.neighbours(), settings.threads())
            .classify(splits, subject.test().labels(), classes);
    progress.advanced(name, 1, 1);
    classified(subject, name, answers);
  }

  void retrieval(Subject subject) {
    ComparedSplits splits = subject.compared(spark, settings.threads());
    String name = subject.name(EvaluationProtocol.RETRIEVAL.label());
    progress.advanced(name, 0, 1);
    List<RetrievalQuality> qualities =
        new RetrievalEvaluation(spark, settings.threads()).measure(splits);
    progress.advanced(name, 1, 1);
    List<String> streams = subject.streams();
    for (int measure = 0; measure < streams.size(); measure++) {
      String key = name + "." + streams.get(measure);
      RetrievalQuality quality = qualities.get(measure);
      figures.put(
          key + EvaluationResult.MEAN_AVERAGE_PRECISION, 100 * quality.meanAveragePrecision());
      quality
          .meanPrecisionAt()
          .forEach((cutoff, mean) -> figures.put(key + ".precision-at-" + cutoff, 100 * mean));
    }
  }

  void oneShot(Subject subject) {
    List<Features> training = subject.trainingDirections();
    List<Features> test = subject.testDirections();
    String name = subject.name(EvaluationProtocol.ONE_SHOT.label());
    progress.advanced(name, 0, 1);
    List<List<Classification>> answers =
        new OneShotEvaluation(settings.oneShotDraws(), settings.seed(), settings.threads())
            .classify(
                training, subject.training().labels(), test, subject.test().labels(), classes);
    progress.advanced(name, 1, 1);
    drawn(subject, name, answers);
  }

  void linear(Subject subject) {
    String name = subject.name(EvaluationProtocol.LINEAR.label());
    List<Features> test = subject.testFeatures();
    long total = (long) settings.linear().epochs() * subject.modalities().size();
    progress.advanced(name, 0, total);
    List<LinearEvaluation.Reached> reached =
        new LinearEvaluation(settings.linear(), settings.seed(), settings.threads())
            .classify(
                subject.extraction(),
                subject.training(),
                test,
                subject.test().labels(),
                classes,
                done -> progress.advanced(name, done, total));
    List<String> streams = subject.streams();
    for (int measure = 0; measure < streams.size(); measure++) {
      String key = name + "." + streams.get(measure);
      figures.classified(key, reached.get(measure).last());
      LinearAccuracy accuracy = reached.get(measure).accuracy();
      figures.put(key + ".best-epoch" + EvaluationResult.ACCURACY, accuracy.bestEpoch());
      figures.put(key + ".best-epoch", accuracy.epoch());
    }
  }

  void fineTune(Subject subject) {
    FineTuneEvaluation evaluation = fineTuning();
    String name = subject.name(EvaluationProtocol.FINE_TUNE.label());
    long total = evaluation.work(subject, subject.training().rows());
    progress.advanced(name, 0, total);
    List<Classification> answers =
        evaluation.fullySupervised(subject, classes, done -> progress.advanced(name, done, total));
    classified(subject, name, answers);
  }

  /**
   * Fraction by fraction. With few sequences several may be of the same labels: these are trained
   * with once, and have the same figures.
   *
   * @param keeper says which fractions need not be measured
   * @param measured is told of fractions whose figures are there
   */
  void semiSupervised(Subject subject, EvaluationKeeper keeper, Consumer<Set<String>> measured) {
    Map<List<Integer>, List<Double>> alike =
        settings.fineTune().fractions().stream()
            .collect(
                Collectors.groupingBy(
                    fraction -> shares(subject, fraction),
                    LinkedHashMap::new,
                    Collectors.toList()));
    FineTuneEvaluation evaluation = fineTuning();
    for (Map.Entry<List<Integer>, List<Double>> group : alike.entrySet()) {
      List<Double> fractions = group.getValue();
      List<String> names =
          fractions.stream().map(fraction -> subject.name(measure(fraction))).toList();
      if (names.stream().allMatch(keeper::has)) {
        continue;
      }
      int labelled = group.getKey().stream().mapToInt(Integer::intValue).sum();
      long total = evaluation.work(subject, labelled) * settings.fineTune().draws();
      progress.advanced(names.get(0), 0, total);
      List<List<Classification>> answers =
          evaluation.semiSupervised(
              subject,
              classes,
              fractions.get(0),
              done -> progress.advanced(names.get(0), done, total));
      for (int place = 0; place < names.size(); place++) {
        String key = measure(fractions.get(place));
        figures.put(key + EvaluationResult.LABELS, labelled);
        if (place > 0) {
          figures.put(
              key + EvaluationResult.SAME_AS,
              "%s: the same %d labels, trained with once"
                  .formatted(EvaluationPart.percent(fractions.get(0)), labelled));
        }
        drawn(subject, names.get(place), answers);
      }
      measured.accept(Set.copyOf(names));
    }
  }

  private List<Integer> shares(Subject subject, double fraction) {
    return Arrays.stream(LabelledDraw.shares(subject.training().labels(), classes, fraction))
        .boxed()
        .toList();
  }

  private static String measure(double fraction) {
    return EvaluationProtocol.SEMI_SUPERVISED.label() + "." + EvaluationPart.percent(fraction);
  }

  private FineTuneEvaluation fineTuning() {
    return new FineTuneEvaluation(spark, settings.fineTune(), settings.seed(), settings.threads());
  }

  private void classified(Subject subject, String name, List<Classification> answers) {
    List<String> streams = subject.streams();
    for (int measure = 0; measure < streams.size(); measure++) {
      figures.classified(name + "." + streams.get(measure), answers.get(measure));
    }
  }

  private void drawn(Subject subject, String name, List<List<Classification>> answers) {
    List<String> streams = subject.streams();
    for (int measure = 0; measure < streams.size(); measure++) {
      figures.drawn(name + "." + streams.get(measure), answers.get(measure));
    }
  }
}
