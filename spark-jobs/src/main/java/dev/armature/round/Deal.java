package dev.armature.round;

import java.io.Serializable;

/**
 * The data as it is dealt out to a number of workers, from a round of the run on. Which sequences a
 * worker has, and in which order, follows from the number of workers alone.
 *
 * @param workers among whom the data is dealt out, at least 1
 * @param firstRound rounds of the run before it
 * @param firstStep steps of the run before it
 * @param epoch the epoch that it begins in, 0-based
 * @param batch the batch of that epoch that it begins with, 0-based: those before it count as done
 */
public record Deal(int workers, int firstRound, long firstStep, int epoch, int batch)
    implements Serializable {

  /** The one that a run begins with. */
  static Deal first(TrainSettings train, int workers) {
    return new Deal(workers, 0, 0, train.firstEpoch(), train.firstBatch());
  }
}
