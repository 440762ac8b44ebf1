package dev.armature.round;

/**
 * Which rounds a run has, from a deal of its data on. Pure arithmetic: the same settings give the
 * same rounds, so that a resumed run goes on where it stopped. An epoch's last round is shorter
 * where {@code localSteps} does not divide the epoch; where a round has as many steps as an epoch
 * or more, it spans as many whole epochs as fit into it. Rounds and steps are counted from the
 * start of the run, epochs from {@link TrainSettings#firstEpoch}, and the first of them begins with
 * {@link TrainSettings#firstBatch}.
 */
public final class RoundSchedule {
  private final Deal deal;
  private final int stepsPerEpoch;

  /** Epochs that rounds may span; blocks of so many are counted from epoch 0. */
  private final int epochsPerBlock;

  private final int stepsPerBlock;
  private final int localSteps;
  private final int roundsPerBlock;
  private final int roundsOfFirstBlock;

  /** Steps of the first block that count as done. */
  private final int firstOfBlock;

  private final long steps;
  private final int rounds;

  /**
   * The rounds of a run whose number of workers does not change.
   *
   * @param smallestShard number of sequences of the worker that has fewest
   * @throws IllegalArgumentException if a worker has not even one batch, or none is left of the
   *     first epoch
   */
  public RoundSchedule(int smallestShard, TrainSettings train, RoundSettings round) {
    this(smallestShard, train, round, Deal.first(train, round.workers()));
  }

  /**
   * The rounds of a run from a deal on.
   *
   * @param smallestShard number of sequences of the worker that has fewest
   * @throws IllegalArgumentException if a worker has not even one batch, or none is left of the
   *     first epoch
   */
  RoundSchedule(int smallestShard, TrainSettings train, RoundSettings round, Deal deal) {
    this.deal = deal;
    stepsPerEpoch = smallestShard / train.batch();
    if (stepsPerEpoch < 1) {
      throw new IllegalArgumentException(
          "a worker gets only %d sequences, which is less than one batch of train.batch = %d; use a smaller batch or fewer than round.workers = %d"
              .formatted(smallestShard, train.batch(), deal.workers()));
    }
    epochsPerBlock = Math.max(1, round.localSteps() / stepsPerEpoch);
    stepsPerBlock = epochsPerBlock * stepsPerEpoch;
    localSteps = Math.min(round.localSteps(), stepsPerBlock);
    if (deal.batch() >= stepsPerEpoch) {
      throw new IllegalArgumentException(
          "init.batch is %d, expected less than the %d batches of an epoch (%d sequences a worker in batches of train.batch = %d); whole epochs belong to init.epoch"
              .formatted(deal.batch(), stepsPerEpoch, smallestShard, train.batch()));
    }
    firstOfBlock = deal.epoch() % epochsPerBlock * stepsPerEpoch + deal.batch();
    roundsPerBlock = roundsOf(stepsPerBlock);
    roundsOfFirstBlock = roundsOf(stepsPerBlock - firstOfBlock);
    long wanted =
        Math.multiplyExact((long) train.epochs() - deal.epoch(), stepsPerEpoch) - deal.batch();
    steps = train.maxSteps() > 0 ? Math.min(wanted, train.maxSteps() - deal.firstStep()) : wanted;
    rounds = Math.toIntExact(roundsOfDeal());
  }

  private int roundsOf(long stepsOfBlock) {
    return Math.toIntExact((stepsOfBlock + localSteps - 1) / localSteps);
  }

  private long roundsOfDeal() {
    long afterFirstBlock = steps - (stepsPerBlock - firstOfBlock);
    if (afterFirstBlock <= 0) {
      return roundsOf(steps);
    }
    return roundsOfFirstBlock
        + afterFirstBlock / stepsPerBlock * roundsPerBlock
        + roundsOf(afterFirstBlock % stepsPerBlock);
  }

  /** Number of rounds in the run, if it ends as it was dealt out. */
  public int rounds() {
    return deal.firstRound() + rounds;
  }

  /** Number of steps that a worker takes in the run, if it ends as it was dealt out. */
  public long steps() {
    return deal.firstStep() + steps;
  }

  /** Number of workers that take part in the rounds. */
  public int workers() {
    return deal.workers();
  }

  /** How the data lies for these rounds. */
  Deal deal() {
    return deal;
  }

  /** Number of steps that every worker takes in a whole epoch. */
  public int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** Number of whole epochs that are done, or count as done, after a round. */
  public int epochsAfter(Round round) {
    return Math.toIntExact(
        deal.epoch()
            + (deal.batch() + round.firstStep() - deal.firstStep() + round.steps())
                / stepsPerEpoch);
  }

  /**
   * The round of an index.
   *
   * @param run 0-based, since the start of the run
   * @throws IndexOutOfBoundsException if the deal has no such round
   */
  public Round round(int run) {
    int index = run - deal.firstRound();
    if (index < 0 || index >= rounds) {
      throw new IndexOutOfBoundsException(
          "round %d of rounds %d to %d".formatted(run, deal.firstRound(), rounds() - 1));
    }
    boolean inFirstBlock = index < roundsOfFirstBlock;
    int later = inFirstBlock ? index : index - roundsOfFirstBlock;
    int blocksBefore = inFirstBlock ? 0 : 1 + later / roundsPerBlock;
    int ofBlock =
        inFirstBlock ? firstOfBlock + index * localSteps : later % roundsPerBlock * localSteps;
    long firstStep = (long) blocksBefore * stepsPerBlock + ofBlock - firstOfBlock;
    long left = Math.min(stepsPerBlock - ofBlock, steps - firstStep);
    return new Round(
        run,
        (deal.epoch() / epochsPerBlock + blocksBefore) * epochsPerBlock + ofBlock / stepsPerEpoch,
        ofBlock % stepsPerEpoch,
        deal.firstStep() + firstStep,
        (int) Math.min(localSteps, left),
        deal.workers(),
        stepsPerEpoch);
  }

  /**
   * The deal with which a run goes on that had fewer epochs before and ended with the last of them:
   * this one, or where a round of this one spans that end, one that begins after it.
   *
   * @param run rounds that are done
   * @param epochs that are done
   */
  Deal goingOn(int run, int epochs) {
    long done = deal.firstStep() + (long) (epochs - deal.epoch()) * stepsPerEpoch - deal.batch();
    boolean over = done >= steps();
    boolean onTime = over || run == deal.firstRound() || epochsAfter(round(run - 1)) == epochs;
    return onTime ? deal : new Deal(deal.workers(), run, done, epochs, 0);
  }

  /**
   * The data dealt out to another number of workers before a round. The epoch goes on at the share
   * of it that is done: a few of its sequences come twice, and as few not at all.
   *
   * @param run index of that round
   * @param smallestShard number of sequences of the worker that will have fewest
   * @param batchSize sequences a step and worker
   * @throws IndexOutOfBoundsException if the run is over before
   */
  Deal dealtAnew(int run, int workers, int smallestShard, int batchSize) {
    Round next = round(run);
    long batches = smallestShard / batchSize;
    return new Deal(
        workers,
        run,
        next.firstStep(),
        next.epoch(),
        (int) (next.firstBatch() * batches / stepsPerEpoch));
  }
}
