package dev.armature.round;

/** What a worker may carry from one round to its next, without anyone else seeing it. */
enum CarriedKind {
  /** Momentum buffer of a query encoder. */
  VELOCITY("velocity."),
  /** What rounding has kept back of a query encoder's changes. */
  QUERY_ERROR("error.query."),
  /** What rounding has kept back of a key encoder's changes. */
  KEY_ERROR("error.key."),
  /** A queue of negative keys. */
  QUEUE("queue.");

  private final String prefix;

  CarriedKind(String prefix) {
    this.prefix = prefix;
  }

  /** How the names of such tensors begin in a file. */
  String prefix() {
    return prefix;
  }
}
