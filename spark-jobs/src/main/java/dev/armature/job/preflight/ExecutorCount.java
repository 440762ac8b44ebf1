package dev.armature.job.preflight;

import dev.armature.round.ElasticWorkforce;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.status.api.v1.ExecutorSummary;

/**
 * How many executors there are.
 *
 * @param executors how many have come
 * @param slots tasks that can run on them at once
 * @param largest cores of the one that has most; 0 without any
 */
record ExecutorCount(int executors, int slots, int largest) {

  /** Counts. */
  static ExecutorCount of(SparkContext spark) {
    int slots = ElasticWorkforce.slots(spark);
    if (spark.isLocal()) {
      return new ExecutorCount(1, slots, SparkLayout.localCores(spark.master()));
    }
    List<Integer> cores = new ArrayList<>();
    scala.collection.Iterator<ExecutorSummary> all =
        spark.statusStore().executorList(true).iterator();
    while (all.hasNext()) {
      ExecutorSummary executor = all.next();
      if (!executor.id().equals("driver")) {
        cores.add(executor.totalCores());
      }
    }
    return new ExecutorCount(
        cores.size(), slots, cores.stream().mapToInt(Integer::intValue).max().orElse(0));
  }
}
