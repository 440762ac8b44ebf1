package dev.armature.round;

/**
 * What becomes of the workers' momentum buffers between rounds. SlowMo (arXiv:1910.00643, Algorithm
 * 1) calls these averaging, maintaining and resetting the base optimizer's buffers.
 */
public enum Momentum {
  /** They are averaged with the parameters, and published with them. */
  AVERAGED,
  /** Each worker keeps its own. A worker that is new begins at 0. */
  LOCAL,
  /** They begin at 0 in every round. */
  RESET
}
