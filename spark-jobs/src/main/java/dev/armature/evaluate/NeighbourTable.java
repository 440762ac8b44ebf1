package dev.armature.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * What may be among the nearest of a block of queries, by nearness that is known up to an error;
 * and, of what is, the exact order.
 *
 * <p>Of every candidate a least and a most nearness is known. It is kept if it may be one of the k
 * nearest, or the nearest of its class: if its most is not below the k-th largest least, or the
 * largest of its class, so far. Where that leaves too many they are told apart exactly on the way,
 * so that what is kept is bounded whatever the numbers are. What is asked for at the end is decided
 * by nearness in double precision, so that it depends on nothing but the numbers: not on tiles,
 * threads or processors. Not thread-safe.
 */
final class NeighbourTable {
  /** Most that are kept for a query, where k and the number of classes do not ask for more. */
  static final int KEPT = 2048;

  /** What additions and the rounding to floats of bounds can come to, in parts of an error. */
  private static final double SPARE = 1.05;

  /** Of numbers in double precision that were added up in another order. */
  private static final double SLACK = 1e-12;

  private final List<Gallery> galleries;
  private final List<Features> queries;
  private final int firstQuery;
  private final int[] labels;
  private final int classes;
  private final int count;
  private final List<Gallery.QueryLength[]> lengths;
  private final int most;

  /** By query the k largest least nearnesses, falling. */
  private final float[] nearest;

  /** By query and class the largest least nearness. */
  private final float[] ofClass;

  /** By query and class what a candidate's most nearness has to reach; may lag behind. */
  private final float[] floors;

  private final int[][] kept;
  private final float[][] upper;
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
    nearest = new float[rows * count];
    ofClass = new float[rows * classes];
    floors = new float[rows * classes];
    Arrays.fill(nearest, Float.NEGATIVE_INFINITY);
    Arrays.fill(ofClass, Float.NEGATIVE_INFINITY);
    Arrays.fill(floors, Float.NEGATIVE_INFINITY);
    int room = 4 * (count + classes);
    most = Math.max(KEPT, 2 * room);
    kept = new int[rows][room];
    upper = new float[rows][room];
    size = new int[rows];
    lengths = new ArrayList<>();
    for (int stream = 0; stream < galleries.size(); stream++) {
      Features own = queries.get(stream);
      Gallery gallery = galleries.get(stream);
      Gallery.QueryLength[] measured = new Gallery.QueryLength[rows];
      for (int row = 0; row < rows; row++) {
        measured[row] = gallery.length(own.values(), (first + row) * own.columns());
      }
      lengths.add(measured);
    }
  }

  /**
   * Offers one query a run of candidates.
   *
   * @param scores of the candidates, from {@code from} on: screened nearness
   * @param firstIndex index of the first candidate, which begins a block of the galleries
   */
  void offer(int query, float[] scores, int from, int candidates, int firstIndex) {
    double error = 0;
    for (int stream = 0; stream < lengths.size(); stream++) {
      error +=
          galleries.get(stream).blockError(lengths.get(stream)[query], firstIndex / Gallery.BLOCK);
    }
    float window = Math.nextUp((float) (SPARE * error));
    int own = query * classes;
    for (int candidate = 0; candidate < candidates; candidate++) {
      // What is no number may be anything.
      if (!(scores[from + candidate] + window < floors[own + labels[firstIndex + candidate]])) {
        consider(query, scores[from + candidate], firstIndex + candidate);
      }
    }
  }

  private void consider(int query, float score, int index) {
    double error = 0;
    for (int stream = 0; stream < lengths.size(); stream++) {
      error += galleries.get(stream).error(lengths.get(stream)[query], index);
    }
    // Products of very large numbers may have left the range of floats.
    boolean known = Float.isFinite(score);
    float highest = known ? Math.nextUp((float) (score + SPARE * error)) : Float.POSITIVE_INFINITY;
    float lowest = known ? Math.nextDown((float) (score - SPARE * error)) : Float.NEGATIVE_INFINITY;
    int place = query * classes + labels[index];
    int last = (query + 1) * count - 1;
    if (highest >= Math.min(ofClass[place], nearest[last])) {
      keep(query, highest, index);
      ofClass[place] = Math.max(ofClass[place], lowest);
      if (lowest > nearest[last]) {
        int rank = last;
        while (rank > query * count && lowest > nearest[rank - 1]) {
          nearest[rank] = nearest[rank - 1];
          rank--;
        }
        nearest[rank] = lowest;
      }
    }
    floors[place] = Math.min(ofClass[place], nearest[last]);
  }

  private void keep(int query, float highest, int index) {
    if (size[query] == kept[query].length && size[query] < most) {
      int room = Math.min(most, 2 * size[query]);
      kept[query] = Arrays.copyOf(kept[query], room);
      upper[query] = Arrays.copyOf(upper[query], room);
    } else if (size[query] == most) {
      dropTooFar(query);
      if (size[query] > most / 2) {
        dropNotNearest(query);
      }
    }
    kept[query][size[query]] = index;
    upper[query][size[query]] = highest;
    size[query]++;
  }

  /** Lets go of what has come to be too far since it was kept. */
  private void dropTooFar(int query) {
    float least = nearest[(query + 1) * count - 1];
    retain(
        query,
        next ->
            upper[query][next]
                >= Math.min(ofClass[query * classes + labels[kept[query][next]]], least));
  }

  /** Lets go of all but the k nearest and the nearest of every class, told apart exactly. */
  private void dropNotNearest(int query) {
    int some = size[query];
    Nearest[] exact = new Nearest[some];
    Nearest[] best = new Nearest[classes];
    for (int next = 0; next < some; next++) {
      int index = kept[query][next];
      exact[next] = new Nearest(nearness(query, index), index);
      Nearest other = best[labels[index]];
      if (other == null || exact[next].isNearerThan(other)) {
        best[labels[index]] = exact[next];
      }
    }
    Nearest[] order = exact.clone();
    Arrays.sort(
        order,
        Comparator.comparingDouble(Nearest::nearness).reversed().thenComparingInt(Nearest::index));
    Nearest last = order[Math.min(count, some) - 1];
    retain(
        query,
        next ->
            !last.isNearerThan(exact[next])
                || exact[next].equals(best[labels[exact[next].index()]]));
  }

  private void retain(int query, IntPredicate stays) {
    int left = 0;
    for (int next = 0; next < size[query]; next++) {
      if (stays.test(next)) {
        kept[query][left] = kept[query][next];
        upper[query][left] = upper[query][next];
        left++;
      }
    }
    size[query] = left;
  }

  /** How many candidates are kept for a query. */
  int kept(int query) {
    return size[query];
  }

  /** The nearest of every query. */
  Neighbours neighbours() {
    int rows = size.length;
    int[] indices = new int[rows * count];
    float[] similarities = new float[rows * count];
    double[] best = new double[count];
    for (int query = 0; query < rows; query++) {
      int first = query * count;
      float least = nearest[first + count - 1];
      int found = 0;
      // Candidates were kept in rising order of their index: of two alike the lower one stays
      // ahead.
      for (int next = 0; next < size[query]; next++) {
        if (upper[query][next] >= least) {
          double nearness = nearness(query, kept[query][next]);
          if (!Double.isFinite(nearness)) {
            found = -1;
            break;
          }
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
            "the %d neighbours of query %d were not found: its features, or those they are compared with, are not finite"
                .formatted(count, firstQuery + query));
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
    boolean present = has(query, truth);
    double ownNumber = 0;
    for (int stream = 0; stream < galleries.size(); stream++) {
      Features features = queries.get(stream);
      ownNumber +=
          galleries
              .get(stream)
              .ownNumber(features.values(), (firstQuery + query) * features.columns());
    }
    Nearest ofTruth = present ? nearestOf(query, truth) : null;
    float[] highest = new float[classes];
    Arrays.fill(highest, Float.NEGATIVE_INFINITY);
    for (int next = 0; next < size[query]; next++) {
      int label = labels[kept[query][next]];
      highest[label] = Math.max(highest[label], upper[query][next]);
    }
    int nearer = 0;
    for (int label = 0; label < classes; label++) {
      if (label == truth || votes[label] > 0) {
        continue;
      }
      if (highest[label] == Float.NEGATIVE_INFINITY) {
        nearer += !present && label < truth ? 1 : 0;
      } else if (!present) {
        nearer++;
      } else {
        double truths = ofTruth.nearness() - ownNumber;
        double slack = SLACK * (Math.abs(ofTruth.nearness()) + Math.abs(ownNumber));
        if (ofClass[own + label] > truths + slack) {
          nearer++;
        } else if (highest[label] >= truths - slack) {
          nearer += nearestOf(query, label).isNearerThan(ofTruth) ? 1 : 0;
        }
      }
    }
    return nearer;
  }

  /** Whether a class has rows: the nearest of them is kept. */
  private boolean has(int query, int label) {
    for (int next = 0; next < size[query]; next++) {
      if (labels[kept[query][next]] == label) {
        return true;
      }
    }
    return false;
  }

  private record Nearest(double nearness, int index) {
    boolean isNearerThan(Nearest other) {
      return nearness > other.nearness || (nearness == other.nearness && index < other.index);
    }
  }

  /** Of a class that has rows. */
  private Nearest nearestOf(int query, int label) {
    float least = ofClass[query * classes + label];
    Nearest best = new Nearest(Double.NEGATIVE_INFINITY, Integer.MAX_VALUE);
    for (int next = 0; next < size[query]; next++) {
      int index = kept[query][next];
      if (labels[index] == label && upper[query][next] >= least) {
        Nearest other = new Nearest(nearness(query, index), index);
        best = other.isNearerThan(best) ? other : best;
      }
    }
    return best;
  }
}
