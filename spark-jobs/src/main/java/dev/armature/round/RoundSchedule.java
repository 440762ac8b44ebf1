package dev.armature.round;

/**
 * Which rounds a run has. Pure arithmetic: the same settings give the same rounds, so that a
 * resumed run goes on where it stopped. An epoch's last round is shorter where {@code localSteps}
 * does not divide the epoch. Rounds and steps are counted from the start of the run, epochs from
 * {@link TrainSettings#firstEpoch}, and the first of them begins with {@link
 * TrainSettings#firstBatch}.
 */
public final class RoundSchedule {
  private final int firstEpoch;
  private final int firstBatch;
  private final int stepsPerEpoch;
  private final int localSteps;
  private final int roundsPerEpoch;
  private final int roundsOfFirstEpoch;
  private final long steps;
  private final int rounds;

  /**
   * @param smallestShard number of sequences of the worker that has fewest
   * @throws IllegalArgumentException if a worker has not even one batch, or none is left of the
   *     first epoch
   */
  public RoundSchedule(int smallestShard, TrainSettings train, RoundSettings round) {
    stepsPerEpoch = smallestShard / train.batch();
    if (stepsPerEpoch < 1) {
      throw new IllegalArgumentException(
          "a worker gets only %d sequences, which is less than one batch of train.batch = %d; use a smaller batch or fewer than round.workers = %d"
              .formatted(smallestShard, train.batch(), round.workers()));
    }
    localSteps = Math.min(round.localSteps(), stepsPerEpoch);
    firstEpoch = train.firstEpoch();
    firstBatch = train.firstBatch();
    if (firstBatch >= stepsPerEpoch) {
      throw new IllegalArgumentException(
          "init.batch is %d, expected less than the %d batches of an epoch (%d sequences a worker in batches of train.batch = %d); whole epochs belong to init.epoch"
              .formatted(firstBatch, stepsPerEpoch, smallestShard, train.batch()));
    }
    roundsPerEpoch = roundsOf(stepsPerEpoch);
    roundsOfFirstEpoch = roundsOf(stepsPerEpoch - firstBatch);
    long wanted =
        Math.multiplyExact((long) train.epochs() - firstEpoch, stepsPerEpoch) - firstBatch;
    steps = train.maxSteps() > 0 ? Math.min(wanted, train.maxSteps()) : wanted;
    rounds = Math.toIntExact(roundsOfRun());
  }

  private int roundsOf(long stepsOfEpoch) {
    return Math.toIntExact((stepsOfEpoch + localSteps - 1) / localSteps);
  }

  private long roundsOfRun() {
    long afterFirstEpoch = steps - (stepsPerEpoch - firstBatch);
    if (afterFirstEpoch <= 0) {
      return roundsOf(steps);
    }
    return roundsOfFirstEpoch
        + afterFirstEpoch / stepsPerEpoch * roundsPerEpoch
        + roundsOf(afterFirstEpoch % stepsPerEpoch);
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

  /** Number of whole epochs that are done, or count as done, after a round. */
  public int epochsAfter(Round round) {
    return Math.toIntExact(
        firstEpoch + (firstBatch + round.firstStep() + round.steps()) / stepsPerEpoch);
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
    boolean inFirstEpoch = index < roundsOfFirstEpoch;
    int later = inFirstEpoch ? index : index - roundsOfFirstEpoch;
    int epochsBefore = inFirstEpoch ? 0 : 1 + later / roundsPerEpoch;
    int batch =
        inFirstEpoch ? firstBatch + index * localSteps : later % roundsPerEpoch * localSteps;
    long firstStep = (long) epochsBefore * stepsPerEpoch + batch - firstBatch;
    long left = Math.min(stepsPerEpoch - batch, steps - firstStep);
    return new Round(
        index, firstEpoch + epochsBefore, batch, firstStep, (int) Math.min(localSteps, left));
  }
}
