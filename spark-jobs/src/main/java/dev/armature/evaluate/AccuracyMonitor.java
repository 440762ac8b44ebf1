package dev.armature.evaluate;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.encoder.EncoderShape;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What encoders are worth while they are trained: the label of the nearest training sequence, by
 * cosine, as in {@link Evaluation}, but of some thousand sequences at most, so that it costs little
 * beside an epoch whatever the size of the data. Nothing is chosen by its figures.
 *
 * <p>Sequences stay with the executors from the first measurement until it is closed. For one
 * thread at a time.
 */
public final class AccuracyMonitor implements AutoCloseable {
  /** Training sequences among which neighbours are looked for, at most. */
  static final int TRAINING = 5000;

  /** Test sequences that are classified, at most. */
  static final int TEST = 2500;

  private final JavaSparkContext spark;
  private final EngineFactory engines;
  private final EncoderShape shape;
  private final List<Modality> modalities;
  private final EvaluationInput input;
  private final int neighbours;
  private Optional<Splits> splits = Optional.empty();

  /**
   * @param engines opens the engines of the executors' tasks
   * @param shape the sizes of every encoder
   * @param modalities which modalities there is an encoder for
   * @param neighbours that vote; of fewer training sequences all
   */
  public AccuracyMonitor(
      JavaSparkContext spark,
      EngineFactory engines,
      EncoderShape shape,
      List<Modality> modalities,
      EvaluationInput input,
      int neighbours) {
    this.spark = spark;
    this.engines = engines;
    this.shape = shape;
    this.modalities = List.copyOf(modalities);
    this.input = input;
    this.neighbours = neighbours;
  }

  private record Splits(SequenceBlocks training, SequenceBlocks test) {}

  /**
   * Measures encoders. Matrix products take one thread: how many is in the bits of whatever else
   * this process computes.
   *
   * @param parameters query encoders by modality
   * @return percents by key, as in {@link EvaluationResult}, and how many sequences there were
   * @throws IllegalStateException if a representation is not finite
   */
  public Map<String, Object> measure(float[][] parameters) {
    Splits both = splits.orElseGet(this::split);
    splits = Optional.of(both);
    List<Features> training = new ArrayList<>();
    List<Features> test = new ArrayList<>();
    try (FeatureExtraction extraction =
        new FeatureExtraction(
            spark,
            engines,
            shape,
            modalities,
            parameters,
            input.layout(),
            input.persons(),
            input.views())) {
      for (Modality modality : modalities) {
        training.add(Metric.COSINE.prepare(extraction.evaluation(both.training(), modality)));
        test.add(Metric.COSINE.prepare(extraction.evaluation(both.test(), modality)));
      }
    }
    List<Double> accuracies =
        new NeighbourEvaluation(
                spark, Metric.COSINE, Math.min(neighbours, both.training().rows()), 1)
            .accuracies(
                training, both.training().labels(), test, both.test().labels(), input.classes());
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("train.sequences", both.training().rows());
    figures.put("test.sequences", both.test().rows());
    List<String> streams = Evaluation.streams(modalities);
    for (int measure = 0; measure < streams.size(); measure++) {
      figures.put(
          "knn." + streams.get(measure) + EvaluationResult.ACCURACY, accuracies.get(measure));
    }
    return figures;
  }

  private Splits split() {
    return new Splits(
        SequenceBlocks.of(spark, "training", some(input.training(), TRAINING), input.classes()),
        SequenceBlocks.of(spark, "test", some(input.test(), TEST), input.classes()));
  }

  /** Up to so many sequences, evenly over their indices. */
  private static JavaRDD<StoredSequence> some(JavaRDD<StoredSequence> split, int most) {
    long all = split.count();
    return all <= most
        ? split
        : split.filter(
            stored -> (stored.index() + 1L) * most / all > (long) stored.index() * most / all);
  }

  /** Lets go of what the executors keep. */
  @Override
  public void close() {
    splits.ifPresent(
        both -> {
          both.training().close();
          both.test().close();
        });
    splits = Optional.empty();
  }
}
