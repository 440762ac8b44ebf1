package dev.armature.round;

import java.util.List;

/** The vectors that a worker may return for each modality. */
enum ResultVector {
  /** Parameters of the query encoder. */
  QUERY,
  /** Its momentum buffer. */
  VELOCITY,
  /** Parameters of the key encoder; only where workers move their own. */
  KEY;

  /** Those that a worker does return. */
  static List<ResultVector> of(Teacher teacher) {
    return teacher == Teacher.PER_STEP ? List.of(QUERY, VELOCITY, KEY) : List.of(QUERY, VELOCITY);
  }
}
