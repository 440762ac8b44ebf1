package dev.armature.evaluate;

import java.util.Arrays;
import java.util.List;

/**
 * What may be among the nearest of a block of queries, by nearness that is known up to an error;
 * and, of what is, the exact order.
 *
 * <p>A candidate is kept if it may be one of the k nearest, or the nearest of its class: if its
 * screened nearness is at most twice the error below that of the k-th nearest, or the nearest of
 * its class, so far. What is asked for at the end is decided by nearness in double precision, so
 * that it depends on nothing but the numbers: not on tiles, threads or processors. Not thread-safe.
 */
final class NeighbourTable {
  private final List<Gallery> galleries;
  private final List<Features> queries;
  private final int firstQuery;
  private final int[] labels;
  private final int classes;
  private final int count;
  private final double[] errors;
  private final float[] nearest;
  private final float[] ofClass;
  private final float[] floors;
  private final int[][] kept;
  private final float[][] screened;
  private final int[] size;

  /**
   * @param galleries by stream; nearness is summed over them
   * @param queries by stream
   * @param first row of the first query
   * @param rows number of queries
   * @param labels of the galleries' rows
   * @param count how many nearest, k
   */
  NeighbourTable(
      List<Gallery> galleries,
      List<Features> queries,
      int first,
      int rows,
      int[] labels,
      int classes,
      int count) {
    this.galleries = galleries;
    this.queries = queries;
    this.firstQuery = first;
    this.labels = labels;
    this.classes = classes;
    this.count = count;
    errors = new double[rows];
    nearest = new float[rows * count];
    ofClass = new float[rows * classes];
    floors = new float[rows * classes];
    Arrays.fill(nearest, Float.NEGATIVE_INFINITY);
    Arrays.fill(ofClass, Float.NEGATIVE_INFINITY);
    Arrays.fill(floors, Float.NEGATIVE_INFINITY);
    int room = 4 * (count + classes);
    kept = new int[rows][room];
    screened = new float[rows][room];
    size = new int[rows];
    for (int row = 0; row < rows; row++) {
      for (int stream = 0; stream < galleries.size(); stream++) {
        Features own = queries.get(stream);
        // Sums over streams are rounded, too; the errors leave room for that.
        errors[row] +=
            1.01 * galleries.get(stream).error(own.values(), (first + row) * own.columns());
      }
    }
  }

  /**
   * Offers one query a run of candidates.
   *
   * @param scores of the candidates, from {@code from} on: screened nearness
   * @param firstIndex index of the first candidate
   */
  void offer(int query, float[] scores, int from, int candidates, int firstIndex) {
    int own = query * classes;
    for (int candidate = 0; candidate < candidates; candidate++) {
      float score = scores[from + candidate];
      if (score >= floors[own + labels[firstIndex + candidate]]) {
        consider(query, score, firstIndex + candidate);
      }
    }
  }

  private void consider(int query, float score, int index) {
    int place = query * classes + labels[index];
    int last = (query + 1) * count - 1;
    float window = (float) (2.01 * errors[query]);
    float least = Math.min(ofClass[place], nearest[last]);
    if (score < least - window) {
      // The k-th nearest has come nearer since this class was last looked at.
      floors[place] = least - window;
      return;
    }
    keep(query, score, index);
    ofClass[place] = Math.max(ofClass[place], score);
    if (score > nearest[last]) {
      int rank = last;
      while (rank > query * count && score > nearest[rank - 1]) {
        nearest[rank] = nearest[rank - 1];
        rank--;
      }
      nearest[rank] = score;
    }
    floors[place] = Math.min(ofClass[place], nearest[last]) - window;
  }

  private void keep(int query, float score, int index) {
    int next = size[query];
    if (next == kept[query].length) {
      kept[query] = Arrays.copyOf(kept[query], 2 * next);
      screened[query] = Arrays.copyOf(screened[query], 2 * next);
    }
    kept[query][next] = index;
    screened[query][next] = score;
    size[query]++;
  }

  /** The nearest of every query. */
  Neighbours neighbours() {
    int rows = size.length;
    int[] indices = new int[rows * count];
    float[] similarities = new float[rows * count];
    double[] best = new double[count];
    for (int query = 0; query < rows; query++) {
      int first = query * count;
      double least = nearest[first + count - 1] - 2.01 * errors[query];
      int found = 0;
      // Candidates were kept in rising order of their index: of two alike the lower one stays
      // ahead.
      for (int next = 0; next < size[query]; next++) {
        if (screened[query][next] >= least) {
          double nearness = nearness(query, kept[query][next]);
          if (found < count || nearness > best[count - 1]) {
            int rank = Math.min(found, count - 1);
            while (rank > 0 && nearness > best[rank - 1]) {
              best[rank] = best[rank - 1];
              indices[first + rank] = indices[first + rank - 1];
              rank--;
            }
            best[rank] = nearness;
            indices[first + rank] = kept[query][next];
            found = Math.min(found + 1, count);
          }
        }
      }
      if (found < count) {
        throw new IllegalStateException(
            "%d of %d neighbours were found for query %d: its features, or those they are compared with, are not finite or too large for products in float"
                .formatted(found, count, firstQuery + query));
      }
      for (int rank = 0; rank < count; rank++) {
        similarities[first + rank] = (float) best[rank];
      }
    }
    return new Neighbours(count, indices, similarities);
  }

  private double nearness(int query, int index) {
    double sum = 0;
    for (int stream = 0; stream < galleries.size(); stream++) {
      Features own = queries.get(stream);
      sum +=
          galleries.get(stream).nearness(own.values(), (firstQuery + query) * own.columns(), index);
    }
    return sum;
  }

  /**
   * The place of a query's own class, from 0, where classes are ordered as k-nearest-neighbour
   * classification suggests: first those that the neighbours voted for, by votes and then by label;
   * then the others, by their nearest row (of two at the same distance, that with the lower index).
   * Classes without rows come last.
   *
   * @param neighbours of all queries
   * @param truth the query's own class
   */
  int rank(int query, Neighbours neighbours, int truth) {
    int[] votes = neighbours.votes(query, labels, classes);
    int rank = 0;
    for (int label = 0; label < classes; label++) {
      if (votes[label] > votes[truth] || (votes[label] == votes[truth] && label < truth)) {
        rank += votes[label] > 0 ? 1 : 0;
      }
    }
    return votes[truth] > 0 ? rank : rank + nearerWithoutVotes(query, votes, truth);
  }

  private int nearerWithoutVotes(int query, int[] votes, int truth) {
    int own = query * classes;
    boolean present = ofClass[own + truth] != Float.NEGATIVE_INFINITY;
    double ownNumber = 0;
    for (int stream = 0; stream < galleries.size(); stream++) {
      Features features = queries.get(stream);
      ownNumber +=
          galleries
              .get(stream)
              .ownNumber(features.values(), (firstQuery + query) * features.columns());
    }
    Nearest ofTruth = present ? nearestOf(query, truth) : null;
    int nearer = 0;
    for (int label = 0; label < classes; label++) {
      float screen = ofClass[own + label];
      if (label == truth || votes[label] > 0) {
        continue;
      }
      if (screen == Float.NEGATIVE_INFINITY) {
        nearer += !present && label < truth ? 1 : 0;
      } else if (!present) {
        nearer++;
      } else {
        double difference = screen + ownNumber - ofTruth.nearness();
        if (Math.abs(difference) <= 1.01 * errors[query]) {
          nearer += nearestOf(query, label).isNearerThan(ofTruth) ? 1 : 0;
        } else {
          nearer += difference > 0 ? 1 : 0;
        }
      }
    }
    return nearer;
  }

  private record Nearest(double nearness, int index) {
    boolean isNearerThan(Nearest other) {
      return nearness > other.nearness || (nearness == other.nearness && index < other.index);
    }
  }

  /** Of a class that has rows. */
  private Nearest nearestOf(int query, int label) {
    double least = ofClass[query * classes + label] - 2.01 * errors[query];
    Nearest best = new Nearest(Double.NEGATIVE_INFINITY, Integer.MAX_VALUE);
    for (int next = 0; next < size[query]; next++) {
      int index = kept[query][next];
      if (labels[index] == label && screened[query][next] >= least) {
        Nearest other = new Nearest(nearness(query, index), index);
        best = other.isNearerThan(best) ? other : best;
      }
    }
    return best;
  }
}
