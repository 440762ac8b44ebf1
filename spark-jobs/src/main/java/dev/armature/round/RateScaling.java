package dev.armature.round;

/**
 * How the learning rate grows with the number of workers, that is with the sequences that all
 * workers see in a step, against one worker's.
 */
public enum RateScaling {
  /** Not at all. */
  NONE,
  /**
   * In proportion. P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour",
   * 2017 (arXiv:1706.02677), Section 2.1.
   */
  LINEAR,
  /** With the square root, which keeps the variance of a step's change. */
  SQRT;

  /** By what the rate of one worker is multiplied. */
  double factor(int workers) {
    return switch (this) {
      case NONE -> 1;
      case LINEAR -> workers;
      case SQRT -> Math.sqrt(workers);
    };
  }
}
