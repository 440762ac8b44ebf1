package dev.armature.round;

import java.io.Serializable;
import java.util.List;

/**
 * The learning rate of every step: the schedule's, times a factor that grows with the workers and
 * is warmed up to.
 *
 * <p>Gradual warm-up as in P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1
 * Hour", 2017 (arXiv:1706.02677), Section 2.2: the first step has the rate of one worker, unscaled,
 * and every step adds as much, until after the warm-up's epochs the rate is the scaled one. (They
 * took 5 epochs.) With one worker there is nothing to warm up to.
 *
 * @param initial before any change, of one worker; positive
 * @param schedule changes by epochs
 * @param scaling how it grows with the workers
 * @param warmUpEpochs how long the warm-up takes, at least 0
 */
public record LearningRate(
    double initial, List<FactorChange> schedule, RateScaling scaling, int warmUpEpochs)
    implements Serializable {

  /** Copies the schedule. */
  public LearningRate {
    schedule = List.copyOf(schedule);
  }

  /** A rate that does not depend on the workers. */
  public static LearningRate of(double initial, List<FactorChange> schedule) {
    return new LearningRate(initial, schedule, RateScaling.NONE, 0);
  }

  /**
   * The schedule's rate, which one worker has.
   *
   * @param epoch 0-based
   */
  public double ofOneWorker(int epoch) {
    return FactorChange.value(initial, schedule, epoch);
  }

  /**
   * The rate of a step.
   *
   * @param epoch 0-based
   * @param batch the step's batch in its epoch, 0-based
   * @param batches of the epoch
   * @param workers that train side by side
   */
  public double at(int epoch, int batch, int batches, int workers) {
    double rate = ofOneWorker(epoch);
    double factor = scaling.factor(workers);
    if (epoch < warmUpEpochs) {
      double done = (epoch + (double) batch / batches) / warmUpEpochs;
      factor = 1 + (factor - 1) * done;
    }
    return rate * factor;
  }
}
