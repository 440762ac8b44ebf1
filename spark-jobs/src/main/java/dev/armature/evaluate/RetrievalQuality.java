package dev.armature.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How well queries find what is relevant to them, as means over queries; all figures are fractions,
 * 0 to 1.
 *
 * <p>A query's answer is a ranked list of items, nearest first, of which is known whether each is
 * relevant (has the query's class, say). With r<sub>i</sub> 1 where the item at rank i (from 1) is
 * relevant and 0 elsewhere:
 *
 * <ul>
 *   <li>precision at k: P(k) = (r<sub>1</sub> + … + r<sub>k</sub>) / k, by k even where the list is
 *       shorter: what is not there is not relevant;
 *   <li>average precision: the mean of P(i) over the ranks i of the relevant items, without
 *       interpolation. Of a list of all items that is scikit-learn's {@code
 *       average_precision_score}, if no two items are equally near: there these count as one step,
 *       here their ranks decide.
 * </ul>
 *
 * <p>A list holds every item that was searched, not the nearest few alone: average precision needs
 * the ranks of all relevant items. A query with nothing relevant among them has no average
 * precision, and no search could answer it: such queries are counted, and left out of every mean,
 * of precisions at k as well. Means over no query at all are 0.
 *
 * <p>Christopher D. Manning, Prabhakar Raghavan and Hinrich Schütze: Introduction to Information
 * Retrieval, section 8.4, "Evaluation of ranked retrieval results".
 *
 * @param queries how many queries the means are over
 * @param withoutRelevant how many more there were, with nothing relevant in their lists
 * @param meanAveragePrecision the mean of the average precisions
 * @param meanPrecisionAt the mean of the precisions at k, by k
 */
public record RetrievalQuality(
    int queries,
    int withoutRelevant,
    double meanAveragePrecision,
    SortedMap<Integer, Double> meanPrecisionAt) {

  /** Copies the map. */
  public RetrievalQuality {
    meanPrecisionAt = Collections.unmodifiableSortedMap(new TreeMap<>(meanPrecisionAt));
  }

  /**
   * The figures of one query; small, so that tasks can send them to the driver.
   *
   * @param relevant how many items of the list are relevant
   * @param averagePrecision 0 where none is
   * @param precisions by the cutoffs that were asked for, in their order
   */
  public record Query(int relevant, double averagePrecision, List<Double> precisions)
      implements Serializable {

    /** Copies the list. */
    public Query {
      precisions = List.copyOf(precisions);
    }
  }

  /**
   * Measures one ranked list.
   *
   * @param relevance by rank, nearest first
   * @param cutoffs each k of the precisions, at least 1
   * @throws IllegalArgumentException if a cutoff is below 1
   */
  public static Query query(boolean[] relevance, List<Integer> cutoffs) {
    int relevant = 0;
    double precisions = 0;
    for (int rank = 1; rank <= relevance.length; rank++) {
      if (relevance[rank - 1]) {
        relevant++;
        precisions += (double) relevant / rank;
      }
    }
    return new Query(
        relevant,
        relevant == 0 ? 0 : precisions / relevant,
        cutoffs.stream().map(cutoff -> precisionAt(relevance, cutoff)).toList());
  }

  /**
   * The share of relevant items among the first k.
   *
   * @throws IllegalArgumentException if k is below 1
   */
  public static double precisionAt(boolean[] relevance, int k) {
    if (k < 1) {
      throw new IllegalArgumentException(
          "precision is taken at rank 1 or later, found rank %d".formatted(k));
    }
    int relevant = 0;
    for (int rank = 0; rank < Math.min(k, relevance.length); rank++) {
      relevant += relevance[rank] ? 1 : 0;
    }
    return (double) relevant / k;
  }

  /**
   * The means over queries, summed in the order of the list.
   *
   * @param cutoffs those that every query was measured with, each once
   * @throws IllegalArgumentException if a query was measured with another number of cutoffs
   */
  public static RetrievalQuality mean(List<Query> queries, List<Integer> cutoffs) {
    int answerable = 0;
    double average = 0;
    double[] precisions = new double[cutoffs.size()];
    for (Query query : queries) {
      if (query.precisions().size() != precisions.length) {
        throw new IllegalArgumentException(
            "a query has precisions at %d ranks, expected those at %s"
                .formatted(query.precisions().size(), cutoffs));
      }
      if (query.relevant() > 0) {
        answerable++;
        average += query.averagePrecision();
        for (int place = 0; place < precisions.length; place++) {
          precisions[place] += query.precisions().get(place);
        }
      }
    }
    int divisor = Math.max(1, answerable);
    SortedMap<Integer, Double> means = new TreeMap<>();
    for (int place = 0; place < precisions.length; place++) {
      means.put(cutoffs.get(place), precisions[place] / divisor);
    }
    return new RetrievalQuality(answerable, queries.size() - answerable, average / divisor, means);
  }

  /**
   * The means over ranked lists.
   *
   * @param relevance of each query, by rank
   * @param cutoffs each k of the precisions, at least 1, each once
   * @throws IllegalArgumentException if a cutoff is below 1
   */
  public static RetrievalQuality of(List<boolean[]> relevance, List<Integer> cutoffs) {
    List<Query> queries = new ArrayList<>();
    relevance.forEach(list -> queries.add(query(list, cutoffs)));
    return mean(queries, cutoffs);
  }
}
