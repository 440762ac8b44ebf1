package dev.armature.round;

import java.io.Serializable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The loss terms of a step: {@code contrastive.joint}, {@code distillation.joint-motion} (teacher
 * joint, student motion) and so on, {@code distillation} for their sum, not weighted, and {@code
 * total}.
 *
 * @param terms by name, in the order in which they are reported
 * @param mixed by modality's label: how many neighbours were mixed into a key of the cluster
 *     branch, in the mean; empty without one
 */
public record StepLosses(Map<String, Double> terms, Map<String, Double> mixed)
    implements Serializable {

  /** Copies the maps and keeps their order. */
  public StepLosses {
    terms = new LinkedHashMap<>(terms);
    mixed = new LinkedHashMap<>(mixed);
  }

  /** What the encoders descend. */
  public double total() {
    return terms.get("total");
  }

  /** The mean of every number over the workers' of the same step. */
  static StepLosses mean(List<StepLosses> workers) {
    return new StepLosses(
        mean(workers.stream().map(StepLosses::terms).toList()),
        mean(workers.stream().map(StepLosses::mixed).toList()));
  }

  private static Map<String, Double> mean(Collection<Map<String, Double>> workers) {
    Map<String, Double> sums = new LinkedHashMap<>();
    for (Map<String, Double> one : workers) {
      one.forEach((name, value) -> sums.merge(name, value, Double::sum));
    }
    sums.replaceAll((name, sum) -> sum / workers.size());
    return sums;
  }
}
