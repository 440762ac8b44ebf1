package dev.armature.round;

/** When the key encoders, the teachers, move. */
public enum Teacher {
  /** Before every step, on each worker's own copy, as in the paper. */
  PER_STEP,
  /**
   * Once, between rounds: every key of a round, on every worker, comes from the same encoders and
   * is compared with the same queues.
   */
  PER_ROUND
}
