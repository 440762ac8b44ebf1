package dev.armature.round;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What happened in a round.
 *
 * @param round which
 * @param rounds of the run altogether, if the number of workers does not change any more
 * @param totalSteps of a worker in the run altogether, likewise
 * @param learningRates of its steps
 * @param steps the losses of every step, averaged over the workers
 * @param sequences sequences seen, by all workers together
 * @param seconds from publishing to having everything back
 * @param workerSeconds seconds by phase, averaged over the workers
 * @param driverSeconds seconds by phase on the driver: {@code muster} (waiting for executors and
 *     dealing the data out anew), {@code publish}, {@code train-and-average}, {@code enqueue}
 * @param hosts where the workers ran, by worker
 * @param executors those that came or were lost since the round before, a line each
 */
public record RoundReport(
    Round round,
    int rounds,
    long totalSteps,
    List<Double> learningRates,
    List<StepLosses> steps,
    long sequences,
    double seconds,
    Map<PhaseTimes.Phase, Double> workerSeconds,
    Map<String, Double> driverSeconds,
    List<String> hosts,
    List<String> executors)
    implements Serializable {}
