package dev.armature.evaluate;

import java.io.Serializable;
import java.util.Set;

/**
 * What is measured, and how.
 *
 * @param protocols the protocols to run, at least one
 * @param neighbours k of the nearest-neighbour protocols, at least 1
 * @param oneShotDraws how often exemplars are drawn in one-shot classification, at least 1
 * @param linear how linear classifiers are trained
 * @param fineTune how encoders and classifiers are trained together
 * @param seed of random crops, orders, draws and initial weights of classifiers; without effect
 *     where none of them is random
 * @param threads native threads of one task: {@code spark.task.cpus}
 */
public record EvaluationSettings(
    Set<EvaluationProtocol> protocols,
    int neighbours,
    int oneShotDraws,
    LinearSettings linear,
    FineTuneSettings fineTune,
    long seed,
    int threads)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  public EvaluationSettings {
    protocols = Set.copyOf(protocols);
    if (protocols.isEmpty()) {
      throw new IllegalArgumentException(
          "no protocol to evaluate by; choose from %s".formatted(EvaluationProtocol.labels()));
    }
    if (neighbours < 1) {
      throw new IllegalArgumentException(
          "the number of neighbours must be at least 1, found %d".formatted(neighbours));
    }
    if (oneShotDraws < 1) {
      throw new IllegalArgumentException(
          "the number of draws must be at least 1, found %d".formatted(oneShotDraws));
    }
    if (threads < 1) {
      throw new IllegalArgumentException(
          "the number of threads must be at least 1, found %d".formatted(threads));
    }
  }
}
