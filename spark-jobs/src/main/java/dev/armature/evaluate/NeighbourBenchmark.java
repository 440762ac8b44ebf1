package dev.armature.evaluate;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** k-nearest-neighbour classification as evaluation does it, for whoever times it. */
public final class NeighbourBenchmark {
  private final JavaSparkContext spark;
  private final int threads;

  /**
   * @param threads native threads of a task
   */
  public NeighbourBenchmark(JavaSparkContext spark, int threads) {
    this.spark = spark;
    this.threads = threads;
  }

  /**
   * Classifies every test row: prepares the features, searches, and orders all classes.
   *
   * @param metric {@code cosine} or {@code euclidean}
   * @param neighbours that vote
   * @return the class of each test row
   * @throws IllegalArgumentException if there is no such metric, or there are fewer training rows
   *     than neighbours
   */
  public int[] classify(
      Features training,
      int[] trainingLabels,
      Features test,
      int[] testLabels,
      int classes,
      String metric,
      int neighbours) {
    Metric by = Metric.of(metric);
    return new NeighbourEvaluation(spark, by, neighbours, threads)
        .classify(
            List.of(by.prepare(training)),
            trainingLabels,
            List.of(by.prepare(test)),
            testLabels,
            classes)
        .get(0)
        .predicted();
  }
}
