package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Search among the vectors of sequences by their cosine, exact: the nearest of each query, and how
 * good the whole ranking is. Of two at the same distance the one with the lower row comes first.
 *
 * <p>Everything is in this process's memory; products use its cores. Results are the same, bit for
 * bit, for the same number of threads. For one thread at a time.
 */
public final class Retrieval {
  /** Queries whose whole rankings are made at once: with 100,000 candidates 25 MB of scores. */
  private static final int RANKED_QUERIES = 64;

  /** Tiles of queries that are searched for at once; each takes some 0.1 GB for its products. */
  private static final int MOST_LANES = 8;

  private final Features candidates;
  private final int threads;

  /**
   * @param candidates that are searched
   * @param threads of matrix products; this process's number
   * @throws IllegalArgumentException if there are none
   */
  public Retrieval(Features candidates, int threads) {
    if (candidates.rows() == 0) {
      throw new IllegalArgumentException("there is nothing to search: no candidates");
    }
    this.candidates = candidates.normalized();
    this.threads = threads;
  }

  /**
   * What was found for a query.
   *
   * @param row of the candidates
   * @param similarity cosine, −1 to 1
   */
  public record Hit(int row, float similarity) {}

  /**
   * The nearest candidates of every query, nearest first.
   *
   * @param own by query: the row at which the query itself is among the candidates and does not
   *     count; −1 where it is not
   * @param count at most so many
   */
  public List<List<Hit>> nearest(Features queries, int[] own, int count) {
    Features prepared = queries.normalized();
    int wanted = Math.min(candidates.rows(), count + 1);
    Neighbours neighbours =
        new NeighbourSearch(List.of(candidates), Metric.COSINE, wanted)
            .searchAll(List.of(prepared), Math.min(MOST_LANES, threads))
            .get(0);
    return IntStream.range(0, prepared.rows())
        .mapToObj(query -> hits(neighbours, query, own[query], count))
        .toList();
  }

  private static List<Hit> hits(Neighbours neighbours, int query, int own, int count) {
    List<Hit> hits = new ArrayList<>();
    int place = query * neighbours.count();
    for (int rank = 0; rank < neighbours.count() && hits.size() < count; rank++) {
      int row = neighbours.indices()[place + rank];
      if (row != own) {
        hits.add(new Hit(row, neighbours.similarities()[place + rank]));
      }
    }
    return hits;
  }

  /**
   * How well whole rankings put candidates of a query's class first. Queries and candidates without
   * a label (below 0) have nothing in common with anyone.
   *
   * @param own as for {@link #nearest}
   * @param cutoffs each k of the precisions
   */
  public RetrievalQuality quality(
      Features queries,
      int[] queryLabels,
      int[] own,
      int[] candidateLabels,
      List<Integer> cutoffs) {
    FloatMatrix.useThreads(threads);
    Features prepared = queries.normalized();
    List<RetrievalQuality.Query> measured = new ArrayList<>();
    try (FloatMatrix left = new FloatMatrix(RANKED_QUERIES, candidates.columns());
        FloatMatrix right = new FloatMatrix(NeighbourSearch.CANDIDATES, candidates.columns());
        FloatMatrix products = new FloatMatrix(RANKED_QUERIES, NeighbourSearch.CANDIDATES)) {
      for (int first = 0; first < prepared.rows(); first += RANKED_QUERIES) {
        int rows = Math.min(RANKED_QUERIES, prepared.rows() - first);
        left.load(prepared.values(), first, rows);
        float[][] scores = scores(left, rows, right, products);
        int from = first;
        measured.addAll(
            IntStream.range(0, rows)
                .parallel()
                .mapToObj(
                    query ->
                        RetrievalQuality.query(
                            relevance(
                                scores[query],
                                own[from + query],
                                queryLabels[from + query],
                                candidateLabels),
                            cutoffs))
                .toList());
      }
    }
    return RetrievalQuality.mean(measured, cutoffs);
  }

  /** By query: the similarity to every candidate. */
  private float[][] scores(FloatMatrix left, int rows, FloatMatrix right, FloatMatrix products) {
    int tile = NeighbourSearch.CANDIDATES;
    float[][] scores = new float[rows][candidates.rows()];
    float[] part = new float[rows * tile];
    for (int from = 0; from < candidates.rows(); from += tile) {
      int count = Math.min(tile, candidates.rows() - from);
      right.load(candidates.values(), from, count);
      products.product(left, rows, right, count);
      products.store(part, rows);
      for (int query = 0; query < rows; query++) {
        System.arraycopy(part, query * tile, scores[query], from, count);
      }
    }
    return scores;
  }

  private static boolean[] relevance(float[] scores, int own, int label, int[] labels) {
    long[] order = new long[scores.length];
    FallingOrder.of(scores, 0, order);
    boolean[] relevance = new boolean[own < 0 ? order.length : order.length - 1];
    int rank = 0;
    for (long entry : order) {
      int row = (int) entry;
      if (row != own) {
        relevance[rank++] = label >= 0 && labels[row] == label;
      }
    }
    return relevance;
  }
}
