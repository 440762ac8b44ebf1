package dev.armature.exchange;

import java.util.Map;

/**
 * What a file says of stochastic gradient descent.
 *
 * @param settings by the key of the configuration that sets the same, for instance {@code
 *     train.momentum}
 * @param momentumBuffers how many parameters have a momentum buffer; the others' is zero
 * @param parameters how many there are
 * @param nesterov whether it used Nesterov's momentum, which is not ours
 */
public record PublishedOptimizer(
    Map<String, Double> settings, int momentumBuffers, int parameters, boolean nesterov) {

  /** Copies the map. */
  public PublishedOptimizer {
    settings = Map.copyOf(settings);
  }
}
