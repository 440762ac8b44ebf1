package dev.armature.round;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The loss terms of a step: {@code contrastive.joint}, {@code distillation.joint-motion} (teacher
 * joint, student motion) and so on, {@code distillation} for their sum, not weighted, and {@code
 * total}.
 *
 * @param terms by name, in the order in which they are reported
 */
public record StepLosses(Map<String, Double> terms) implements Serializable {

  /** Copies the terms and keeps their order. */
  public StepLosses {
    terms = new LinkedHashMap<>(terms);
  }

  /** What the encoders descend. */
  public double total() {
    return terms.get("total");
  }

  /** The mean of every term over the workers' losses of the same step. */
  static StepLosses mean(List<StepLosses> workers) {
    Map<String, Double> sums = new LinkedHashMap<>();
    for (StepLosses losses : workers) {
      losses.terms.forEach((name, value) -> sums.merge(name, value, Double::sum));
    }
    sums.replaceAll((name, sum) -> sum / workers.size());
    return new StepLosses(sums);
  }
}
