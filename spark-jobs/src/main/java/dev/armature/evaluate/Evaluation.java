package dev.armature.evaluate;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Measures encoders by the protocols of its settings, beside the same encoders with random weights
 * and a geometric baseline that learns nothing.
 *
 * <p>The same input and settings give the same figures, on any number of partitions and executors
 * of one kind of machine. Nothing is chosen by the test split, but for what is named the best
 * epoch. For one thread at a time.
 */
public final class Evaluation {
  private final JavaSparkContext spark;
  private final EngineFactory engines;
  private final EvaluationSettings settings;
  private final EvaluationProgress progress;
  private final boolean mapped;
  private Optional<EvaluationMap> map = Optional.empty();
  private Optional<Exception> mapFailure = Optional.empty();

  /**
   * @param engines opens the engines of the executors' tasks
   * @param progress is told of every phase
   * @param mapped whether there is to be a map, where nearest neighbours are searched
   */
  public Evaluation(
      JavaSparkContext spark,
      EngineFactory engines,
      EvaluationSettings settings,
      EvaluationProgress progress,
      boolean mapped) {
    this.spark = spark;
    this.engines = engines;
    this.settings = settings;
    this.progress = progress;
    this.mapped = mapped;
  }

  /**
   * Runs every protocol of the settings.
   *
   * @param classNames by label
   * @throws IllegalArgumentException if a split is empty, its labels or indices are wrong, there
   *     are fewer training sequences than neighbours, or not a name for every class
   * @throws IllegalStateException if a representation is not finite
   */
  public EvaluationOutcome run(
      EvaluationInput input, EvaluatedEncoders encoders, List<String> classNames) {
    if (classNames.size() != input.classes()) {
      throw new IllegalArgumentException(
          "%d names for %d classes; give one for each"
              .formatted(classNames.size(), input.classes()));
    }
    map = Optional.empty();
    mapFailure = Optional.empty();
    try (SequenceBlocks training =
            SequenceBlocks.of(spark, "training", input.training(), input.classes());
        SequenceBlocks test = SequenceBlocks.of(spark, "test", input.test(), input.classes())) {
      if (wanted(EvaluationProtocol.KNN) && settings.neighbours() > training.rows()) {
        throw new IllegalArgumentException(
            "%d neighbours asked for, with %d training sequences; ask for 1 to %d"
                .formatted(settings.neighbours(), training.rows(), training.rows()));
      }
      Figures figures = new Figures();
      Splits splits = new Splits(input, training, test);
      measure(splits, encoders, encoders.trained(), "", classNames, figures);
      measure(
          splits,
          encoders,
          encoders.random(),
          EvaluationResult.RANDOM_WEIGHTS,
          classNames,
          figures);
      progress.advanced("geometric", 0, 1);
      figures.classified(
          "geometric.knn",
          new GeometricBaseline(spark, input.layout(), input.persons(), settings.threads())
              .classify(training, test, input.classes()));
      progress.advanced("geometric", 1, 1);
      describe(splits, encoders, figures);
      return figures.outcome(classNames);
    }
  }

  /**
   * What can be looked at of the last run's trained encoders; empty before it, and where it did not
   * search for neighbours.
   */
  public Optional<EvaluationMap> map() {
    return map;
  }

  /** Why there is no map although there was to be one. */
  public Optional<Exception> mapFailure() {
    return mapFailure;
  }

  private record Splits(EvaluationInput input, SequenceBlocks training, SequenceBlocks test) {}

  private void measure(
      Splits splits,
      EvaluatedEncoders encoders,
      float[][] parameters,
      String prefix,
      List<String> classNames,
      Figures figures) {
    EvaluationInput input = splits.input();
    int classes = input.classes();
    try (FeatureExtraction extraction =
        new FeatureExtraction(
            spark,
            engines,
            encoders.shape(),
            encoders.modalities(),
            parameters,
            input.layout(),
            input.persons(),
            input.views())) {
      Subject subject =
          new Subject(prefix, extraction, parameters, splits.training(), splits.test(), progress);
      if (wanted(EvaluationProtocol.KNN)) {
        neighbours(subject, classNames, figures);
      }
      if (wanted(EvaluationProtocol.RETRIEVAL)) {
        retrieval(subject, figures);
      }
      if (wanted(EvaluationProtocol.ONE_SHOT)) {
        oneShot(subject, classes, figures);
      }
      subject.forgetDirections();
      if (wanted(EvaluationProtocol.LINEAR)) {
        linear(subject, classes, figures);
      }
      if (prefix.isEmpty() || settings.fineTune().randomWeights()) {
        fineTune(subject, classes, figures);
      }
    }
  }

  private boolean wanted(EvaluationProtocol protocol) {
    return settings.protocols().contains(protocol);
  }

  private void neighbours(Subject subject, List<String> classNames, Figures figures) {
    List<Features> training = subject.trainingDirections();
    List<Features> test = subject.testDirections();
    String name = subject.name(EvaluationProtocol.KNN.label());
    progress.advanced(name, 0, 1);
    List<Classification> answers =
        new NeighbourEvaluation(spark, Metric.COSINE, settings.neighbours(), settings.threads())
            .classify(
                training,
                subject.training().labels(),
                test,
                subject.test().labels(),
                classNames.size());
    progress.advanced(name, 1, 1);
    List<String> streams = subject.streams();
    for (int measure = 0; measure < streams.size(); measure++) {
      figures.classified(name + "." + streams.get(measure), answers.get(measure));
    }
    if (mapped && subject.name("").isEmpty()) {
      map(subject, classNames);
    }
  }

  /** A picture is not worth the figures: where it fails, these are measured all the same. */
  private void map(Subject subject, List<String> classNames) {
    List<String> streams = subject.streams();
    try {
      map =
          Optional.of(
              new MapMaker(
                      subject.training(),
                      subject.test(),
                      subject.extraction().recipe().layout(),
                      classNames,
                      settings.seed(),
                      settings.threads())
                  .of(
                      streams.get(streams.size() - 1),
                      subject.trainingDirections(),
                      subject.testDirections()));
    } catch (Exception failed) {
      // Not by name: a failed Spark job is a checked exception that no method of Spark's declares.
      mapFailure = Optional.of(failed);
    }
  }

  private void retrieval(Subject subject, Figures figures) {
    List<Features> training = subject.trainingDirections();
    List<Features> test = subject.testDirections();
    String name = subject.name(EvaluationProtocol.RETRIEVAL.label());
    progress.advanced(name, 0, 1);
    List<RetrievalQuality> qualities =
        new RetrievalEvaluation(spark, settings.threads())
            .measure(training, subject.training().labels(), test, subject.test().labels());
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

  private void oneShot(Subject subject, int classes, Figures figures) {
    List<Features> training = subject.trainingDirections();
    List<Features> test = subject.testDirections();
    String name = subject.name(EvaluationProtocol.ONE_SHOT.label());
    progress.advanced(name, 0, 1);
    List<List<Classification>> answers =
        new OneShotEvaluation(settings.oneShotDraws(), settings.seed(), settings.threads())
            .classify(
                training, subject.training().labels(), test, subject.test().labels(), classes);
    progress.advanced(name, 1, 1);
    drawn(subject, name, answers, figures);
  }

  private static void drawn(
      Subject subject, String name, List<List<Classification>> answers, Figures figures) {
    List<String> streams = subject.streams();
    for (int measure = 0; measure < streams.size(); measure++) {
      figures.drawn(name + "." + streams.get(measure), answers.get(measure));
    }
  }

  private void linear(Subject subject, int classes, Figures figures) {
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

  private void fineTune(Subject subject, int classes, Figures figures) {
    FineTuneEvaluation evaluation =
        new FineTuneEvaluation(spark, settings.fineTune(), settings.seed(), settings.threads());
    if (wanted(EvaluationProtocol.SEMI_SUPERVISED)) {
      semiSupervised(subject, classes, evaluation, figures);
    }
    if (wanted(EvaluationProtocol.FINE_TUNE)) {
      String name = subject.name(EvaluationProtocol.FINE_TUNE.label());
      long total = evaluation.work(subject, subject.training().rows());
      progress.advanced(name, 0, total);
      List<Classification> answers =
          evaluation.fullySupervised(
              subject, classes, done -> progress.advanced(name, done, total));
      List<String> streams = subject.streams();
      for (int measure = 0; measure < streams.size(); measure++) {
        figures.classified(name + "." + streams.get(measure), answers.get(measure));
      }
    }
  }

  /** With few sequences two fractions may be of the same labels: these are trained with once. */
  private void semiSupervised(
      Subject subject, int classes, FineTuneEvaluation evaluation, Figures figures) {
    Map<List<Integer>, Double> trained = new HashMap<>();
    Map<Double, List<List<Classification>>> answers = new HashMap<>();
    for (double fraction : settings.fineTune().fractions()) {
      String measure = EvaluationProtocol.SEMI_SUPERVISED.label() + "." + percent(fraction);
      String name = subject.name(measure);
      int[] shares = LabelledDraw.shares(subject.training().labels(), classes, fraction);
      int labelled = Arrays.stream(shares).sum();
      figures.put(measure + EvaluationResult.LABELS, labelled);
      Double same = trained.putIfAbsent(Arrays.stream(shares).boxed().toList(), fraction);
      if (same == null) {
        long total = evaluation.work(subject, labelled) * settings.fineTune().draws();
        progress.advanced(name, 0, total);
        answers.put(
            fraction,
            evaluation.semiSupervised(
                subject, classes, fraction, done -> progress.advanced(name, done, total)));
      } else {
        figures.put(
            measure + EvaluationResult.SAME_AS,
            "%s: the same %d labels, trained with once".formatted(percent(same), labelled));
      }
      drawn(subject, name, answers.get(same == null ? fraction : same), figures);
    }
  }

  /** For instance {@code 5-percent}. */
  static String percent(double fraction) {
    return BigDecimal.valueOf(fraction).movePointRight(2).stripTrailingZeros().toPlainString()
        + "-percent";
  }

  private void describe(Splits splits, EvaluatedEncoders encoders, Figures figures) {
    figures.put("chance" + EvaluationResult.ACCURACY, 100.0 / splits.input().classes());
    figures.put("classes", splits.input().classes());
    figures.put("train.sequences", splits.training().rows());
    figures.put("test.sequences", splits.test().rows());
    figures.put(
        "layer",
        "last frame of recurrent layer %d, before the heads, %d numbers"
            .formatted(encoders.shape().layers(), encoders.shape().representation()));
    if (wanted(EvaluationProtocol.KNN)) {
      figures.put("knn.k", settings.neighbours());
      figures.put("knn.metric", Metric.COSINE.label());
    }
    if (wanted(EvaluationProtocol.RETRIEVAL)) {
      figures.put("retrieval.metric", Metric.COSINE.label());
      figures.put("retrieval.gallery", "training split");
    }
    if (wanted(EvaluationProtocol.ONE_SHOT)) {
      figures.put("one-shot.metric", Metric.COSINE.label());
      figures.put("one-shot.exemplars", "one training sequence a class");
      figures.put("one-shot.draws", settings.oneShotDraws());
    }
    if (wanted(EvaluationProtocol.LINEAR)) {
      describeLinear(splits.input(), figures);
    }
    if (wanted(EvaluationProtocol.SEMI_SUPERVISED)) {
      figures.put("semi-supervised.draws", settings.fineTune().draws());
    }
    if (wanted(EvaluationProtocol.SEMI_SUPERVISED) || wanted(EvaluationProtocol.FINE_TUNE)) {
      describeFineTuning(splits.input(), figures);
    }
    figures.put("seed", settings.seed());
  }

  private void describeLinear(EvaluationInput input, Figures figures) {
    LinearSettings linear = settings.linear();
    figures.put("linear.epochs", linear.epochs());
    figures.put("linear.batch", linear.batch());
    figures.put("linear.learning-rate", Double.toString(linear.learningRate()));
    figures.put("linear.initial-deviation", Double.toString(linear.initialDeviation()));
    figures.put("linear.order", linear.shuffle() ? "shuffled" : "data set");
    figures.put("linear.crops", crops(input));
  }

  private void describeFineTuning(EvaluationInput input, Figures figures) {
    FineTuneSettings fineTune = settings.fineTune();
    figures.put("fine-tuning.trained", "encoder and classifier, by modality");
    figures.put("fine-tuning.epochs", fineTune.epochs());
    figures.put("fine-tuning.batch", fineTune.batch());
    figures.put(
        "fine-tuning.encoder-learning-rate", Double.toString(fineTune.encoderLearningRate()));
    figures.put(
        "fine-tuning.classifier-learning-rate", Double.toString(fineTune.classifierLearningRate()));
    figures.put("fine-tuning.workers", fineTune.workers());
    figures.put("fine-tuning.averaging-frequency", fineTune.averagingFrequency());
    figures.put("fine-tuning.order", fineTune.shuffle() ? "shuffled" : "data set");
    figures.put("fine-tuning.crops", crops(input));
  }

  private static String crops(EvaluationInput input) {
    return input.views().temporal().name().toLowerCase(Locale.ROOT);
  }
}
