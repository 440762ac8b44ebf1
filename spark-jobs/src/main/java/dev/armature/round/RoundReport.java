package dev.armature.round;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What happened in a round.
 *
 * @param round which
 * @param learningRate of its steps
 * @param steps the losses of every step, averaged over the workers
 * @param sequences sequences seen, by all workers together
 * @param seconds from publishing to having everything back
 * @param workerSeconds seconds by phase, averaged over the workers
 * @param driverSeconds seconds by phase on the driver: {@code publish}, {@code train-and-average},
 *     {@code enqueue}
 * @param hosts where the workers ran, by worker
 */
public record RoundReport(
    Round round,
    double learningRate,
    List<StepLosses> steps,
    long sequences,
    double seconds,
    Map<PhaseTimes.Phase, Double> workerSeconds,
    Map<String, Double> driverSeconds,
    List<String> hosts)
    implements Serializable {}
