package dev.armature.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * k-nearest-neighbour classification as one Spark job: features are broadcast, a task classifies
 * one tile of test sequences.
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
    List<Gallery> galleries = training.stream().map(stream -> new Gallery(stream, metric)).toList();
    // A tile for every core at least; what is found does not depend on them.
    int most = NeighbourSearch.QUERIES;
    int cores = Math.max(1, spark.defaultParallelism() / threads);
    int tiles = Math.max((testLabels.length + most - 1) / most, Math.min(cores, testLabels.length));
    Broadcast<Task> task =
        spark.broadcast(
            new Task(
                galleries, trainingLabels, test, testLabels, classes, neighbours, threads, tiles));
    try {
      List<List<Answers>> answers =
          spark
              .parallelize(IntStream.range(0, tiles).boxed().toList(), tiles)
              .map(tile -> task.value().classify(tile))
              .collect();
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
    } finally {
      task.destroy();
    }
  }

  private static IntStream of(int[] numbers) {
    return IntStream.of(numbers);
  }

  /** A tile's answers by one measure. */
  private record Answers(int[] predicted, int[] ranks) implements Serializable {}

  private record Task(
      List<Gallery> galleries,
      int[] trainingLabels,
      List<Features> test,
      int[] testLabels,
      int classes,
      int neighbours,
      int threads,
      int tiles)
      implements Serializable {

    List<Answers> classify(int tile) {
      int first = (int) ((long) tile * testLabels.length / tiles);
      int rows = (int) ((tile + 1L) * testLabels.length / tiles) - first;
      List<Answers> answers = new ArrayList<>();
      for (NeighbourTable table :
          new NeighbourSearch(galleries, trainingLabels, classes, neighbours, threads)
              .tables(test, first, rows)) {
        Neighbours found = table.neighbours();
        int[] predicted = new int[rows];
        int[] ranks = new int[rows];
        for (int query = 0; query < rows; query++) {
          predicted[query] = found.vote(query, trainingLabels, classes);
          ranks[query] = table.rank(query, found, testLabels[first + query]);
        }
        answers.add(new Answers(predicted, ranks));
      }
      return answers;
    }
  }
}
