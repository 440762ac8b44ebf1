package dev.armature.round;

import java.io.Serializable;

/** What a worker sends at the end of a round. */
sealed interface Contribution extends Serializable {

  /** The round it belongs to; a contribution of another round is refused. */
  int round();

  /**
   * A piece of a worker's parameters, or of their change.
   *
   * @param steps steps the worker has done in the round: its weight in the average
   */
  record Parameters(int round, int steps, WireBlock values) implements Contribution {}

  /**
   * What is not averaged.
   *
   * @param work the worker's keys, losses and times
   */
  record Yield(int round, WorkerRound work) implements Contribution {}
}
