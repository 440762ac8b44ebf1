package dev.armature.round;

import java.io.Serializable;

/**
 * What becomes of the change that a round's average makes to the query encoders. With x the
 * parameters that were published, x̄ the workers' average, and d = x − x̄ the outer gradient, each
 * takes one step of an optimizer whose momentum u lasts from round to round and begins at 0.
 *
 * <p>Steps are computed as a correction to x̄, which is the same by algebra; where the correction
 * is 0 (rate 1, momentum 0) the result is x̄ bit for bit. In double precision; results and momentum
 * are rounded to float.
 */
public sealed interface OuterOptimizer extends Serializable {

  /** Whether it has momentum, which then is part of the state between rounds. */
  boolean hasMomentum();

  /**
   * One step on some of an encoder's parameters.
   *
   * @param published with which the round began; read only
   * @param average of the workers; replaced by what the next round begins with
   * @param momentum replaced by the new one; not looked at without momentum
   * @param rate the workers' learning rate, positive
   * @param start the first number
   * @param end the number after the last
   */
  void step(float[] published, float[] average, float[] momentum, double rate, int start, int end);

  /** The plain average: x ← x̄. */
  record Average() implements OuterOptimizer {
    @Override
    public boolean hasMomentum() {
      return false;
    }

    @Override
    public void step(
        float[] published, float[] average, float[] momentum, double rate, int start, int end) {}
  }

  /**
   * Slow momentum: u ← β u + d / γ, x ← x − α γ u, where γ is the workers' learning rate.
   *
   * <p>Source: J. Wang, V. Tantia, N. Ballas, M. Rabbat, "SlowMo: Improving Communication-Efficient
   * Distributed SGD with Slow Momentum", ICLR 2020 (arXiv:1910.00643), Algorithm 1. Its choices for
   * the base optimizer's buffers (average, maintain, reset) are those of {@link Momentum}.
   *
   * @param learningRate α, above 0
   * @param momentum β, in [0, 1)
   */
  record SlowMo(double learningRate, double momentum) implements OuterOptimizer {
    @Override
    public boolean hasMomentum() {
      return true;
    }

    @Override
    public void step(
        float[] published, float[] average, float[] slow, double rate, int start, int end) {
      for (int i = start; i < end; i++) {
        double change = (double) published[i] - average[i];
        double kept = momentum * slow[i];
        slow[i] = (float) (kept + change / rate);
        average[i] =
            corrected(average[i], (learningRate - 1) * change + learningRate * rate * kept);
      }
    }
  }

  /**
   * Stochastic gradient descent with Nesterov momentum on the outer gradient, as PyTorch computes
   * it: u ← μ u + d, x ← x − η (d + μ u).
   *
   * <p>Source: A. Douillard et al., "DiLoCo: Distributed Low-Communication Training of Language
   * Models", 2023 (arXiv:2311.08105), Algorithm 1 with OuterOpt = Nesterov; η = 0.7 and μ = 0.9
   * there.
   *
   * @param learningRate η, above 0
   * @param momentum μ, in [0, 1)
   */
  record Nesterov(double learningRate, double momentum) implements OuterOptimizer {
    @Override
    public boolean hasMomentum() {
      return true;
    }

    @Override
    public void step(
        float[] published, float[] average, float[] velocity, double rate, int start, int end) {
      for (int i = start; i < end; i++) {
        double change = (double) published[i] - average[i];
        double moved = momentum * velocity[i] + change;
        velocity[i] = (float) moved;
        average[i] =
            corrected(average[i], (learningRate - 1) * change + learningRate * momentum * moved);
      }
    }
  }

  /** Leaves the bits of a number alone that is not corrected; −0 − (−0) would be 0. */
  private static float corrected(float average, double correction) {
    return correction == 0 ? average : (float) (average - correction);
  }
}
