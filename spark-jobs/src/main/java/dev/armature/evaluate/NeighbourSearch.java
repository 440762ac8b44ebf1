package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Exact search for the nearest training sequences, in one or several streams (modalities) and in
 * all of them together.
 *
 * <p>Streams are put together by adding their similarities. For the cosine that is the inner
 * product of the concatenated vectors, each stream's part of which has length 1: every stream
 * counts alike, whatever the length of its features.
 *
 * <p>Queries and training rows meet in tiles, by {@link ScreenProducts}, whose numbers may be
 * rounded; what these cannot tell apart is computed again in double precision ({@link
 * NeighbourTable}). What is found has the same bits in any tiles, on any number of threads and on
 * any processor.
 */
final class NeighbourSearch {
  /** Most queries a tile. Rounding the training rows for it costs some percent of its products. */
  static final int QUERIES = 1024;

  static final int CANDIDATES = Gallery.BLOCK;

  private final List<Gallery> galleries;
  private final int[] labels;
  private final int classes;
  private final int count;
  private final int threads;
  private final ScreenProducts.Opener screen;

  /**
   * Where no classes are asked for.
   *
   * @param training by stream; prepared by the metric, rows alike
   * @param count neighbours to find
   * @throws IllegalArgumentException if there are fewer training rows than neighbours
   */
  NeighbourSearch(List<Features> training, Metric metric, int count) {
    this(
        training.stream().map(stream -> new Gallery(stream, metric)).toList(),
        new int[training.get(0).rows()],
        1,
        count,
        1);
  }

  /**
   * @param galleries by stream, rows alike
   * @param labels of the rows
   * @param count neighbours to find
   * @param threads native threads of one product
   * @throws IllegalArgumentException if there are fewer training rows than neighbours
   */
  NeighbourSearch(List<Gallery> galleries, int[] labels, int classes, int count, int threads) {
    this(galleries, labels, classes, count, threads, ScreenProducts::open);
  }

  /**
   * The same by other products.
   *
   * @param screen opens what multiplies tiles
   */
  NeighbourSearch(
      List<Gallery> galleries,
      int[] labels,
      int classes,
      int count,
      int threads,
      ScreenProducts.Opener screen) {
    this.screen = screen;
    this.galleries = List.copyOf(galleries);
    this.labels = labels;
    this.classes = classes;
    this.count = count;
    this.threads = threads;
    int rows = galleries.get(0).rows();
    if (count < 1 || count > rows) {
      throw new IllegalArgumentException(
          "%d neighbours asked for, with %d training sequences; ask for 1 to %d"
              .formatted(count, rows, rows));
    }
  }

  /** Streams, and one more for all of them together if there are several. */
  int measures() {
    return galleries.size() == 1 ? 1 : galleries.size() + 1;
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
    return tables(queries, first, rows).stream().map(NeighbourTable::neighbours).toList();
  }

  /**
   * The neighbours of any number of queries, tiles of which are searched for side by side.
   *
   * @param queries by stream; prepared by the metric
   * @param lanes threads that search, each with {@code threads} native ones
   * @return as of {@link #search}
   */
  List<Neighbours> searchAll(List<Features> queries, int lanes) {
    int rows = queries.get(0).rows();
    int tiles = Math.max((rows + QUERIES - 1) / QUERIES, Math.min(lanes, rows));
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, Math.min(lanes, tiles)));
    try {
      List<Future<List<Neighbours>>> searching = new ArrayList<>();
      for (long tile = 0; tile < tiles; tile++) {
        int first = (int) (tile * rows / tiles);
        int own = (int) ((tile + 1) * rows / tiles) - first;
        searching.add(pool.submit(() -> search(queries, first, own)));
      }
      List<List<Neighbours>> found = new ArrayList<>();
      for (Future<List<Neighbours>> each : searching) {
        found.add(each.get());
      }
      return IntStream.range(0, measures())
          .mapToObj(
              measure ->
                  Neighbours.together(count, found.stream().map(all -> all.get(measure)).toList()))
          .toList();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the search was interrupted", stopped);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      if (failed.getCause() instanceof RuntimeException other) {
        throw other;
      }
      throw new IllegalStateException(failed.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  /** The same as {@link #search}, from which the order of classes can be asked, too. */
  List<NeighbourTable> tables(List<Features> queries, int first, int rows) {
    List<NeighbourTable> tables = new ArrayList<>();
    for (int stream = 0; stream < galleries.size(); stream++) {
      tables.add(table(List.of(galleries.get(stream)), List.of(queries.get(stream)), first, rows));
    }
    if (measures() > galleries.size()) {
      tables.add(table(galleries, queries, first, rows));
    }
    float[] scores = new float[rows * CANDIDATES];
    float[] sum = new float[measures() > galleries.size() ? rows * CANDIDATES : 0];
    List<ScreenProducts> products = new ArrayList<>();
    List<float[]> blocks = new ArrayList<>();
    try {
      for (int stream = 0; stream < galleries.size(); stream++) {
        int columns = galleries.get(stream).columns();
        ScreenProducts opened = screen.open(rows, CANDIDATES, columns, threads);
        products.add(opened);
        float[] centred = new float[Math.max(rows, CANDIDATES) * columns];
        galleries.get(stream).centre(queries.get(stream).values(), first, rows, centred);
        opened.queries(centred, rows);
        blocks.add(centred);
      }
      int candidates = galleries.get(0).rows();
      for (int from = 0; from < candidates; from += CANDIDATES) {
        int tile = Math.min(CANDIDATES, candidates - from);
        Arrays.fill(sum, 0);
        for (int stream = 0; stream < galleries.size(); stream++) {
          Gallery gallery = galleries.get(stream);
          gallery.centre(gallery.values(), from, tile, blocks.get(stream));
          products.get(stream).multiply(blocks.get(stream), tile, scores);
          screen(gallery.screenOffsets(), from, tile, scores, sum);
          offer(tables.get(stream), scores, rows, from, tile);
        }
        if (sum.length > 0) {
          offer(tables.get(galleries.size()), sum, rows, from, tile);
        }
      }
    } finally {
      products.forEach(ScreenProducts::close);
    }
    return tables;
  }

  private NeighbourTable table(List<Gallery> some, List<Features> queries, int first, int rows) {
    return new NeighbourTable(some, queries, first, rows, labels, classes, count);
  }

  private static void screen(float[] offsets, int from, int tile, float[] scores, float[] sum) {
    for (int row = 0; row < scores.length; row += CANDIDATES) {
      for (int candidate = 0; candidate < tile; candidate++) {
        scores[row + candidate] -= offsets[from + candidate];
      }
    }
    for (int place = 0; place < sum.length; place++) {
      sum[place] += scores[place];
    }
  }

  private static void offer(NeighbourTable table, float[] scores, int rows, int from, int tile) {
    for (int query = 0; query < rows; query++) {
      table.offer(query, scores, query * CANDIDATES, tile, from);
    }
  }
}
