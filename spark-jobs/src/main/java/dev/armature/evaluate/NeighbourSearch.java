package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Exact search for the nearest training sequences, in one or several streams (modalities) and in
 * all of them together.
 *
 * <p>Streams are put together by adding their similarities. For the cosine that is the inner
 * product of the concatenated vectors, each stream's part of which has length 1: every stream
 * counts alike, whatever the length of its features.
 *
 * <p>Queries and training rows meet in tiles, by {@code sgemm}. Tiles are cut by index and have the
 * same sizes whoever computes them, so that a similarity has the same bits on every machine of a
 * kind.
 */
final class NeighbourSearch {
  /**
   * Queries a tile. Copying the training rows in beside them costs a few percent of the product.
   */
  static final int QUERIES = 512;

  static final int CANDIDATES = 1024;

  private final List<Features> training;
  private final List<float[]> offsets;
  private final int count;

  /**
   * @param training by stream; prepared by the metric, rows alike
   * @param metric {@link Metric#offsets} is what is used of it
   * @param count neighbours to find
   * @throws IllegalArgumentException if there are fewer training rows than neighbours
   */
  NeighbourSearch(List<Features> training, Metric metric, int count) {
    this.training = List.copyOf(training);
    this.count = count;
    int rows = training.get(0).rows();
    if (count < 1 || count > rows) {
      throw new IllegalArgumentException(
          "%d neighbours asked for, with %d training sequences; ask for 1 to %d"
              .formatted(count, rows, rows));
    }
    offsets = training.stream().map(metric::offsets).toList();
  }

  /** Streams, and one more for all of them together if there are several. */
  int measures() {
    return training.size() == 1 ? 1 : training.size() + 1;
  }

  /**
   * The neighbours of a tile of queries.
   *
   * @param queries by stream; prepared by the metric
   * @param first row of the first query
   * @param rows number of queries, at most {@link #QUERIES}
   * @return by stream, and last for all streams together if there are several
   */
  List<Neighbours> search(List<Features> queries, int first, int rows) {
    List<NeighbourTable> tables = new ArrayList<>();
    for (int measure = 0; measure < measures(); measure++) {
      tables.add(new NeighbourTable(rows, count));
    }
    float[] scores = new float[rows * CANDIDATES];
    float[] sum = new float[rows * CANDIDATES];
    try (Tiles tiles = new Tiles(training, rows, CANDIDATES)) {
      tiles.loadQueries(queries, first, rows);
      int candidates = training.get(0).rows();
      for (int from = 0; from < candidates; from += CANDIDATES) {
        int tile = Math.min(CANDIDATES, candidates - from);
        Arrays.fill(sum, 0);
        for (int stream = 0; stream < training.size(); stream++) {
          tiles.scores(stream, training.get(stream), from, tile, scores);
          float[] offset = offsets.get(stream);
          for (int query = 0; query < rows; query++) {
            int row = query * CANDIDATES;
            for (int candidate = 0; candidate < tile; candidate++) {
              scores[row + candidate] -= offset[from + candidate];
              sum[row + candidate] += scores[row + candidate];
            }
            tables.get(stream).offer(query, scores, row, tile, from);
          }
        }
        if (measures() > training.size()) {
          NeighbourTable together = tables.get(training.size());
          for (int query = 0; query < rows; query++) {
            together.offer(query, sum, query * CANDIDATES, tile, from);
          }
        }
      }
    }
    return tables.stream().map(NeighbourTable::neighbours).toList();
  }

  /** The native memory of one search. */
  private static final class Tiles implements AutoCloseable {
    private final List<FloatMatrix> queries = new ArrayList<>();
    private final List<FloatMatrix> candidates = new ArrayList<>();
    private final FloatMatrix products;
    private final int rows;

    Tiles(List<Features> training, int rows, int tile) {
      this.rows = rows;
      products = new FloatMatrix(rows, tile);
      for (Features stream : training) {
        queries.add(new FloatMatrix(rows, stream.columns()));
        candidates.add(new FloatMatrix(tile, stream.columns()));
      }
    }

    void loadQueries(List<Features> features, int first, int rows) {
      for (int stream = 0; stream < queries.size(); stream++) {
        queries.get(stream).load(features.get(stream).values(), first, rows);
      }
    }

    void scores(int stream, Features training, int from, int tile, float[] scores) {
      FloatMatrix right = candidates.get(stream);
      right.load(training.values(), from, tile);
      products.product(queries.get(stream), rows, right, tile);
      products.store(scores, rows);
    }

    @Override
    public void close() {
      queries.forEach(FloatMatrix::close);
      candidates.forEach(FloatMatrix::close);
      products.close();
    }
  }
}
