package dev.armature.evaluate;

import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Measures encoders: by nearest neighbours and by linear classification, beside the same encoders
 * with random weights and a geometric baseline that learns nothing.
 *
 * <p>The same input and settings give the same figures, on any number of partitions and executors
 * of one kind of machine. For one thread at a time.
 */
public final class Evaluation {
  /** From two on, as many as there are modalities. */
  private static final List<String> NUMBERS = List.of("two", "three", "four", "five", "six");

  private final JavaSparkContext spark;
  private final EngineFactory engines;
  private final EvaluationSettings settings;
  private final EvaluationProgress progress;
  private Optional<EvaluationMap> map = Optional.empty();

  /**
   * @param engines opens the engines of the executors' tasks
   * @param progress is told of every phase
   */
  public Evaluation(
      JavaSparkContext spark,
      EngineFactory engines,
      EvaluationSettings settings,
      EvaluationProgress progress) {
    this.spark = spark;
    this.engines = engines;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Runs every protocol of the settings.
   *
   * @throws IllegalArgumentException if a split is empty, its labels or indices are wrong, or there
   *     are fewer training sequences than neighbours
   * @throws IllegalStateException if a representation is not finite
   */
  public EvaluationResult run(EvaluationInput input, EvaluatedEncoders encoders) {
    try (SequenceBlocks training =
            SequenceBlocks.of(spark, "training", input.training(), input.classes());
        SequenceBlocks test = SequenceBlocks.of(spark, "test", input.test(), input.classes())) {
      if (settings.neighbours() > training.rows()) {
        throw new IllegalArgumentException(
            "%d neighbours asked for, with %d training sequences; ask for 1 to %d"
                .formatted(settings.neighbours(), training.rows(), training.rows()));
      }
      Splits splits = new Splits(input, training, test);
      Map<String, Object> values = new LinkedHashMap<>();
      measure(splits, encoders, encoders.trained(), "", values);
      measure(splits, encoders, encoders.random(), EvaluationResult.RANDOM_WEIGHTS, values);
      progress.advanced("geometric", 0, 1);
      values.put(
          "geometric.knn" + EvaluationResult.ACCURACY,
          new GeometricBaseline(spark, input.layout(), input.persons(), settings.threads())
              .accuracy(training, test, input.classes()));
      progress.advanced("geometric", 1, 1);
      describe(splits, encoders, values);
      return new EvaluationResult(values);
    }
  }

  /**
   * What can be looked at of the last run's trained encoders; empty before it, and where it did not
   * search for neighbours.
   */
  public Optional<EvaluationMap> map() {
    return map;
  }

  private record Splits(EvaluationInput input, SequenceBlocks training, SequenceBlocks test) {}

  private void measure(
      Splits splits,
      EvaluatedEncoders encoders,
      float[][] parameters,
      String prefix,
      Map<String, Object> values) {
    EvaluationInput input = splits.input();
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
      List<Features> test = new ArrayList<>();
      String phase = prefix + "representations.test";
      progress.advanced(phase, 0, encoders.modalities().size());
      for (Modality modality : encoders.modalities()) {
        test.add(extraction.evaluation(splits.test(), modality));
        progress.advanced(phase, test.size(), encoders.modalities().size());
      }
      if (settings.protocols().contains(EvaluationProtocol.KNN)) {
        neighbours(splits, extraction, test, prefix, values);
      }
      if (settings.protocols().contains(EvaluationProtocol.LINEAR)) {
        linear(splits, extraction, test, prefix, values);
      }
    }
  }

  private void neighbours(
      Splits splits,
      FeatureExtraction extraction,
      List<Features> test,
      String prefix,
      Map<String, Object> values) {
    List<Features> training = new ArrayList<>();
    String phase = prefix + "knn";
    int steps = extraction.modalities().size() + 1;
    progress.advanced(phase, 0, steps);
    for (Modality modality : extraction.modalities()) {
      training.add(Metric.COSINE.prepare(extraction.evaluation(splits.training(), modality)));
      progress.advanced(phase, training.size(), steps);
    }
    List<Double> accuracies =
        new NeighbourEvaluation(spark, Metric.COSINE, settings.neighbours(), settings.threads())
            .accuracies(
                training,
                splits.training().labels(),
                test.stream().map(Metric.COSINE::prepare).toList(),
                splits.test().labels(),
                splits.input().classes());
    List<String> streams = streams(extraction.modalities());
    for (int measure = 0; measure < streams.size(); measure++) {
      values.put(
          prefix + "knn." + streams.get(measure) + EvaluationResult.ACCURACY,
          accuracies.get(measure));
    }
    if (prefix.isEmpty()) {
      map =
          Optional.of(
              new MapMaker(
                      splits.training(),
                      splits.test(),
                      splits.input().layout().bones(),
                      settings.seed())
                  .of(
                      streams.get(streams.size() - 1),
                      training,
                      test.stream().map(Metric.COSINE::prepare).toList()));
    }
    progress.advanced(phase, steps, steps);
  }

  private void linear(
      Splits splits,
      FeatureExtraction extraction,
      List<Features> test,
      String prefix,
      Map<String, Object> values) {
    long total = (long) settings.linear().epochs() * extraction.modalities().size();
    progress.advanced(prefix + "linear", 0, total);
    List<LinearAccuracy> accuracies =
        new LinearEvaluation(settings.linear(), settings.seed(), settings.threads())
            .accuracies(
                extraction,
                splits.training(),
                test,
                splits.test().labels(),
                splits.input().classes(),
                done -> progress.advanced(prefix + "linear", done, total));
    List<String> streams = streams(extraction.modalities());
    for (int measure = 0; measure < streams.size(); measure++) {
      String key = prefix + "linear." + streams.get(measure);
      LinearAccuracy accuracy = accuracies.get(measure);
      values.put(key + EvaluationResult.ACCURACY, accuracy.lastEpoch());
      values.put(key + ".best-epoch" + EvaluationResult.ACCURACY, accuracy.bestEpoch());
      values.put(key + ".best-epoch", accuracy.epoch());
    }
  }

  /** The names of the measures: the modalities, and all together if there are several. */
  static List<String> streams(List<Modality> modalities) {
    List<String> streams = new ArrayList<>(modalities.stream().map(Modality::label).toList());
    if (modalities.size() > 1) {
      streams.add(NUMBERS.get(modalities.size() - 2) + "-stream");
    }
    return streams;
  }

  private void describe(Splits splits, EvaluatedEncoders encoders, Map<String, Object> values) {
    values.put("chance" + EvaluationResult.ACCURACY, 100.0 / splits.input().classes());
    values.put("classes", splits.input().classes());
    values.put("train.sequences", splits.training().rows());
    values.put("test.sequences", splits.test().rows());
    values.put(
        "layer",
        "last frame of recurrent layer %d, before the heads, %d numbers"
            .formatted(encoders.shape().layers(), encoders.shape().representation()));
    if (settings.protocols().contains(EvaluationProtocol.KNN)) {
      values.put("knn.k", settings.neighbours());
      values.put("knn.metric", Metric.COSINE.label());
    }
    if (settings.protocols().contains(EvaluationProtocol.LINEAR)) {
      values.put("linear.epochs", settings.linear().epochs());
      values.put("linear.batch", settings.linear().batch());
      values.put("linear.learning-rate", Double.toString(settings.linear().learningRate()));
      values.put("linear.initial-deviation", Double.toString(settings.linear().initialDeviation()));
      values.put("linear.order", settings.linear().shuffle() ? "shuffled" : "data set");
      values.put("linear.crops", splits.input().views().temporal().name().toLowerCase(Locale.ROOT));
    }
    values.put("seed", settings.seed());
  }
}
