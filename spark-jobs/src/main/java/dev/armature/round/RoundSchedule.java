package dev.armature.round;

/**
 * Which rounds a run has. Pure arithmetic: the same settings give the same rounds, so that a
 * resumed run goes on where it stopped. An epoch's last round is shorter where {@code localSteps}
 * does not divide the epoch.
 */
public final class RoundSchedule {
  private final int stepsPerEpoch;
  private final int localSteps;
  private final int roundsPerEpoch;
  private final long steps;
  private final int rounds;

  /**
   * @param smallestShard number of sequences of the worker that has fewest
   * @throws IllegalArgumentException if a worker has not even one batch
   */
  public RoundSchedule(int smallestShard, TrainSettings train, RoundSettings round) {
    stepsPerEpoch = smallestShard / train.batch();
    if (stepsPerEpoch < 1) {
      throw new IllegalArgumentException(
          "a worker gets only %d sequences, which is less than one batch of train.batch = %d; use a smaller batch or fewer than round.workers = %d"
              .formatted(smallestShard, train.batch(), round.workers()));
    }
    localSteps = Math.min(round.localSteps(), stepsPerEpoch);
    roundsPerEpoch = (stepsPerEpoch + localSteps - 1) / localSteps;
    long wanted = Math.multiplyExact((long) train.epochs(), stepsPerEpoch);
    steps = train.maxSteps() > 0 ? Math.min(wanted, train.maxSteps()) : wanted;
    long fullEpochs = steps / stepsPerEpoch;
    long rest = steps % stepsPerEpoch;
    rounds = Math.toIntExact(fullEpochs * roundsPerEpoch + (rest + localSteps - 1) / localSteps);
  }

  /** Number of rounds in the run. */
  public int rounds() {
    return rounds;
  }

  /** Number of steps that every worker takes in the run. */
  public long steps() {
    return steps;
  }

  /** Number of steps that every worker takes in a whole epoch. */
  public int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** Number of whole epochs that are done after a round. */
  public int epochsAfter(Round round) {
    return Math.toIntExact((round.firstStep() + round.steps()) / stepsPerEpoch);
  }

  /**
   * The round of an index.
   *
   * @throws IndexOutOfBoundsException if the run has no such round
   */
  public Round round(int index) {
    if (index < 0 || index >= rounds) {
      throw new IndexOutOfBoundsException(
          "round %d of a run of %d rounds".formatted(index, rounds));
    }
    int epoch = index / roundsPerEpoch;
    int firstBatch = index % roundsPerEpoch * localSteps;
    long firstStep = (long) epoch * stepsPerEpoch + firstBatch;
    long left = Math.min(stepsPerEpoch - firstBatch, steps - firstStep);
    return new Round(index, epoch, firstBatch, firstStep, (int) Math.min(localSteps, left));
  }
}
