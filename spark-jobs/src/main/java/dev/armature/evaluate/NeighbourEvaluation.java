package dev.armature.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * k-nearest-neighbour classification as one Spark job: a task classifies one tile of test sequences
 * ({@link ComparedSplits}).
 */
final class NeighbourEvaluation {
  private final JavaSparkContext spark;
  private final Metric metric;
  private final int neighbours;
  private final int threads;

  NeighbourEvaluation(JavaSparkContext spark, Metric metric, int neighbours, int threads) {
    this.spark = spark;
    this.metric = metric;
    this.neighbours = neighbours;
    this.threads = threads;
  }

  /**
   * Classifies every test sequence.
   *
   * @param training features by stream, prepared by the metric
   * @param test features by stream, prepared by the metric
   * @return by stream, and last by all streams together if there are several; classes are ordered
   *     as {@link NeighbourTable#rank} says
   */
  List<Classification> classify(
      List<Features> training,
      int[] trainingLabels,
      List<Features> test,
      int[] testLabels,
      int classes) {
    try (ComparedSplits splits =
        new ComparedSplits(spark, metric, training, trainingLabels, test, testLabels, threads)) {
      return classify(splits, testLabels, classes);
    }
  }

  /** The same, of splits that are where tasks find them already. */
  List<Classification> classify(ComparedSplits splits, int[] testLabels, int classes) {
    int wanted = neighbours;
    int used = threads;
    List<List<Answers>> answers =
        splits.ask((searched, asked) -> answers(searched, asked, classes, wanted, used));
    List<Classification> classifications = new ArrayList<>();
    for (int measure = 0; measure < answers.get(0).size(); measure++) {
      int place = measure;
      classifications.add(
          new Classification(
              classes,
              testLabels,
              answers.stream().flatMapToInt(tile -> of(tile.get(place).predicted())).toArray(),
              answers.stream().flatMapToInt(tile -> of(tile.get(place).ranks())).toArray()));
    }
    return classifications;
  }

  private static List<Answers> answers(
      ComparedSplits.Searched searched,
      ComparedSplits.Asked asked,
      int classes,
      int neighbours,
      int threads) {
    int rows = asked.labels().length;
    int[] labels = searched.labels();
    List<Answers> answers = new ArrayList<>();
    for (NeighbourTable table :
        new NeighbourSearch(searched.galleries(), labels, classes, neighbours, threads)
            .tables(asked.features(), 0, rows)) {
      Neighbours found = table.neighbours();
      int[] predicted = new int[rows];
      int[] ranks = new int[rows];
      for (int query = 0; query < rows; query++) {
        predicted[query] = found.vote(query, labels, classes);
        ranks[query] = table.rank(query, found, asked.labels()[query]);
      }
      answers.add(new Answers(predicted, ranks));
    }
    return answers;
  }

  private static IntStream of(int[] numbers) {
    return IntStream.of(numbers);
  }

  /** A tile's answers by one measure. */
  private record Answers(int[] predicted, int[] ranks) implements Serializable {}
}
