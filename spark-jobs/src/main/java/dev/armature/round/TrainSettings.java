package dev.armature.round;

import java.io.Serializable;
import java.util.List;

/**
 * How encoders are trained, wherever they are.
 *
 * @param batch sequences a step and worker, at least 2
 * @param firstEpoch the epoch that a run begins with, 0-based and less than {@code epochs}: those
 *     before it count as done, by an earlier run from whose state this one starts
 * @param firstBatch the batch of that epoch that a run begins with, 0-based: those before it count
 *     as done, too
 * @param epochs passes over the data, those that count as done included; at least 1
 * @param maxSteps the run ends after so many steps of its own a worker; 0 for no such end
 * @param rate the learning rate of stochastic gradient descent
 * @param momentum of stochastic gradient descent, in [0, 1)
 * @param weightDecay added to the gradient, times the weight; not negative
 * @param keyMomentum share of the key encoders that a step keeps, in [0, 1]
 * @param seed of everything random
 * @param shuffle whether every epoch has an order of its own; otherwise the data set's
 */
public record TrainSettings(
    int batch,
    int firstEpoch,
    int firstBatch,
    int epochs,
    long maxSteps,
    LearningRate rate,
    double momentum,
    double weightDecay,
    double keyMomentum,
    long seed,
    boolean shuffle)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if no epoch is left to train, or the first batch is negative
   */
  public TrainSettings {
    if (firstEpoch < 0 || firstEpoch >= epochs) {
      throw new IllegalArgumentException(
          "the first epoch must be 0 to %d, one less than the epochs, found %d"
              .formatted(epochs - 1, firstEpoch));
    }
    if (firstBatch < 0) {
      throw new IllegalArgumentException(
          "the first batch must be at least 0, found %d".formatted(firstBatch));
    }
  }

  /** The same, with a learning rate that does not depend on the number of workers. */
  public TrainSettings(
      int batch,
      int firstEpoch,
      int firstBatch,
      int epochs,
      long maxSteps,
      double learningRate,
      List<FactorChange> schedule,
      double momentum,
      double weightDecay,
      double keyMomentum,
      long seed,
      boolean shuffle) {
    this(
        batch,
        firstEpoch,
        firstBatch,
        epochs,
        maxSteps,
        LearningRate.of(learningRate, schedule),
        momentum,
        weightDecay,
        keyMomentum,
        seed,
        shuffle);
  }

  /**
   * The learning rate of a step.
   *
   * @param step of the round, 0-based
   */
  public double learningRate(Round round, int step) {
    return rate.at(
        round.epochOf(step),
        (round.firstBatch() + step) % round.stepsPerEpoch(),
        round.stepsPerEpoch(),
        round.workers());
  }

  /** The same for a run of so many epochs from the first on. */
  public TrainSettings ofEpochs(int number) {
    return new TrainSettings(
        batch, 0, 0, number, 0, rate, momentum, weightDecay, keyMomentum, seed, shuffle);
  }
}
