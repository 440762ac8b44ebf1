package dev.armature.round;

/**
 * Which rounds a run has, from a deal of its data on. Pure arithmetic: the same settings give the
 * same rounds, so that a resumed run goes on where it stopped. An epoch's last round is shorter
 * where {@code localSteps} does not divide the epoch. Rounds and steps are counted from the start
 * of the run, epochs from {@link TrainSettings#firstEpoch}, and the first of them begins with
 * {@link TrainSettings#firstBatch}.
 */
public final class RoundSchedule {
  private final Deal deal;
  private final int stepsPerEpoch;
  private final int localSteps;
  private final int roundsPerEpoch;
  private final int roundsOfFirstEpoch;
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
    localSteps = Math.min(round.localSteps(), stepsPerEpoch);
    if (deal.batch() >= stepsPerEpoch) {
      throw new IllegalArgumentException(
          "init.batch is %d, expected less than the %d batches of an epoch (%d sequences a worker in batches of train.batch = %d); whole epochs belong to init.epoch"
              .formatted(deal.batch(), stepsPerEpoch, smallestShard, train.batch()));
    }
    roundsPerEpoch = roundsOf(stepsPerEpoch);
    roundsOfFirstEpoch = roundsOf(stepsPerEpoch - deal.batch());
    long wanted =
        Math.multiplyExact((long) train.epochs() - deal.epoch(), stepsPerEpoch) - deal.batch();
    steps = train.maxSteps() > 0 ? Math.min(wanted, train.maxSteps() - deal.firstStep()) : wanted;
    rounds = Math.toIntExact(roundsOfDeal());
  }

  private int roundsOf(long stepsOfEpoch) {
    return Math.toIntExact((stepsOfEpoch + localSteps - 1) / localSteps);
  }

  private long roundsOfDeal() {
    long afterFirstEpoch = steps - (stepsPerEpoch - deal.batch());
    if (afterFirstEpoch <= 0) {
      return roundsOf(steps);
    }
    return roundsOfFirstEpoch
        + afterFirstEpoch / stepsPerEpoch * roundsPerEpoch
        + roundsOf(afterFirstEpoch % stepsPerEpoch);
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
    boolean inFirstEpoch = index < roundsOfFirstEpoch;
    int later = inFirstEpoch ? index : index - roundsOfFirstEpoch;
    int epochsBefore = inFirstEpoch ? 0 : 1 + later / roundsPerEpoch;
    int batch =
        inFirstEpoch ? deal.batch() + index * localSteps : later % roundsPerEpoch * localSteps;
    long firstStep = (long) epochsBefore * stepsPerEpoch + batch - deal.batch();
    long left = Math.min(stepsPerEpoch - batch, steps - firstStep);
    return new Round(
        run,
        deal.epoch() + epochsBefore,
        batch,
        deal.firstStep() + firstStep,
        (int) Math.min(localSteps, left),
        deal.workers(),
        stepsPerEpoch);
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
