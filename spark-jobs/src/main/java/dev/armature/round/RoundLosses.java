package dev.armature.round;

import java.util.List;
import java.util.Map;

/**
 * What a round has cost, as it happened or as it was written down.
 *
 * @param round which; of one that was written down index, first step, steps, workers and the epoch
 *     of the last step are as they were
 * @param learningRate the highest of its steps
 * @param steps the terms of the loss by name, a map a step, at least one
 */
public record RoundLosses(Round round, double learningRate, List<Map<String, Double>> steps) {

  /** Copies the list. */
  public RoundLosses {
    steps = List.copyOf(steps);
  }

  /** Of a round that has just been done. */
  public static RoundLosses of(RoundReport report) {
    return new RoundLosses(
        report.round(),
        report.learningRates().stream().mapToDouble(Double::doubleValue).max().orElse(0),
        report.steps().stream().map(StepLosses::terms).toList());
  }
}
