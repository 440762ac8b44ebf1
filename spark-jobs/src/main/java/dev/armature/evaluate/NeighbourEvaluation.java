package dev.armature.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The accuracy of k-nearest-neighbour classification, as one Spark job: features are broadcast, a
 * task classifies one tile of test sequences.
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
   * @return percent of the test sequences that are given their own class: by stream, and last by
   *     all streams together if there are several
   */
  List<Double> accuracies(
      List<Features> training,
      int[] trainingLabels,
      List<Features> test,
      int[] testLabels,
      int classes) {
    Broadcast<Task> task =
        spark.broadcast(
            new Task(
                training, trainingLabels, test, testLabels, classes, metric, neighbours, threads));
    try {
      int tiles = (testLabels.length + NeighbourSearch.QUERIES - 1) / NeighbourSearch.QUERIES;
      List<int[]> correct =
          spark
              .parallelize(IntStream.range(0, tiles).boxed().toList(), tiles)
              .map(tile -> task.value().correct(tile))
              .collect();
      List<Double> percents = new ArrayList<>();
      for (int measure = 0; measure < correct.get(0).length; measure++) {
        int place = measure;
        int sum = correct.stream().mapToInt(counts -> counts[place]).sum();
        percents.add(100.0 * sum / testLabels.length);
      }
      return percents;
    } finally {
      task.destroy();
    }
  }

  private record Task(
      List<Features> training,
      int[] trainingLabels,
      List<Features> test,
      int[] testLabels,
      int classes,
      Metric metric,
      int neighbours,
      int threads)
      implements Serializable {

    /** How many of a tile's test sequences are given their own class, by measure. */
    int[] correct(int tile) {
      FloatMatrix.useThreads(threads);
      int first = tile * NeighbourSearch.QUERIES;
      int rows = Math.min(NeighbourSearch.QUERIES, testLabels.length - first);
      NeighbourSearch search = new NeighbourSearch(training, metric, neighbours);
      List<Neighbours> found = search.search(test, first, rows);
      int[] correct = new int[found.size()];
      for (int measure = 0; measure < correct.length; measure++) {
        for (int query = 0; query < rows; query++) {
          if (found.get(measure).vote(query, trainingLabels, classes)
              == testLabels[first + query]) {
            correct[measure]++;
          }
        }
      }
      return correct;
    }
  }
}
