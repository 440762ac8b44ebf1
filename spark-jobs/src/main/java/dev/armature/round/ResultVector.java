package dev.armature.round;

/** The vectors that a worker may return for each modality. */
enum ResultVector {
  /** Parameters of the query encoder. */
  QUERY,
  /** Its momentum buffer. */
  VELOCITY,
  /** Parameters of the key encoder; only where workers move their own. */
  KEY
}
