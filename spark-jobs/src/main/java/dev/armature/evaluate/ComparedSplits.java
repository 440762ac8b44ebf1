package dev.armature.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;

/**
 * The features of two splits where tasks find them, for whatever is asked about one by the other.
 * Training features are broadcast once and are then on every executor; test features travel a tile
 * at a time, so that an executor has those of its own tasks. For one thread at a time; executors
 * hold both until it is closed.
 */
final class ComparedSplits implements AutoCloseable {
  /** Rows of a test split whose products are made at once, where their last bits count. */
  static final int BLOCK = 128;

  private final JavaSparkContext spark;
  private final Broadcast<Searched> searched;
  private final List<Broadcast<Asked>> tiles;

  /**
   * What is searched.
   *
   * @param galleries by stream
   * @param labels of their rows
   */
  record Searched(List<Gallery> galleries, int[] labels) implements Serializable {}

  /**
   * A tile of test sequences.
   *
   * @param features by stream, at most {@link NeighbourSearch#QUERIES} rows
   * @param labels of their rows
   */
  record Asked(List<Features> features, int[] labels) implements Serializable {}

  /**
   * @param training features by stream, prepared by the metric
   * @param test features by stream, prepared by the metric
   * @param threads native threads of a task
   */
  ComparedSplits(
      JavaSparkContext spark,
      Metric metric,
      List<Features> training,
      int[] trainingLabels,
      List<Features> test,
      int[] testLabels,
      int threads) {
    this.spark = spark;
    searched =
        spark.broadcast(
            new Searched(
                training.stream().map(stream -> new Gallery(stream, metric)).toList(),
                trainingLabels));
    int rows = testLabels.length;
    int tile = tile(rows, Math.max(1, spark.defaultParallelism() / threads));
    tiles = new ArrayList<>();
    for (int first = 0; first < rows; first += tile) {
      int begin = first;
      int end = Math.min(rows, first + tile);
      tiles.add(
          spark.broadcast(
              new Asked(
                  test.stream().map(stream -> stream.rows(begin, end)).toList(),
                  Arrays.copyOfRange(testLabels, begin, end))));
    }
  }

  /**
   * Rows of a tile: one for every core, as far as whole blocks go. The last bits of a matrix
   * product depend on how many rows there are in it, so tiles end only where products end anyway,
   * however many cores there are.
   */
  static int tile(int rows, int cores) {
    int even = (rows + cores - 1) / cores;
    int blocks = (even + BLOCK - 1) / BLOCK;
    return Math.min(NeighbourSearch.QUERIES, Math.max(1, blocks) * BLOCK);
  }

  /**
   * Asks about every tile, as one Spark job.
   *
   * @return the answers in the order of the test sequences
   */
  <T> List<T> ask(Function2<Searched, Asked, T> question) {
    Broadcast<Searched> all = searched;
    List<Broadcast<Asked>> some = List.copyOf(tiles);
    return spark
        .parallelize(IntStream.range(0, some.size()).boxed().toList(), some.size())
        .map(tile -> question.call(all.value(), some.get(tile).value()))
        .collect();
  }

  @Override
  public void close() {
    searched.destroy();
    tiles.forEach(Broadcast::destroy);
  }
}
