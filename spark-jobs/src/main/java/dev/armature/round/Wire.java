package dev.armature.round;

/** In which numbers workers send their results. What is published is always float32. */
public enum Wire {
  /** Parameters as they are. */
  FLOAT32,
  /**
   * Half the bytes: of the encoders the change against what was published, rounded to bfloat16; the
   * error is carried to the worker's next round and added to its change then ({@link
   * ErrorFeedback}). Momentum buffers are rounded themselves, without that: a step decays them, and
   * an error with them.
   */
  BFLOAT16
}
