package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewThreads;
import dev.armature.skeleton.SkeletonSequence;
import java.util.Arrays;
import java.util.List;

/** The two views of the sequences of a worker's steps, in the order that the epoch gives them. */
final class StepViews {
  private final ViewThreads threads;
  private final List<ViewPair> pairs;
  private final TrainSettings train;
  private final Shard shard;
  private final Round round;
  private final int[] order;
  private ViewThreads.Making next;
  private int nextStep = -1;

  /**
   * @param pairs batches of one step; with two of them, the views of a step are made while the one
   *     before is computed
   */
  StepViews(
      ViewThreads threads, List<ViewPair> pairs, TrainSettings train, Shard shard, Round round) {
    this.threads = threads;
    this.pairs = pairs;
    this.train = train;
    this.shard = shard;
    this.round = round;
    this.order = ShardOrder.of(train, round.epoch(), shard.worker(), shard.sequences().size());
  }

  /**
   * The views of one step.
   *
   * @param step within the round; one after the other
   * @return valid until the next step's are taken
   */
  ViewPair take(int step) {
    if (nextStep != step) {
      start(step);
    }
    next.await();
    ViewPair taken = pair(step);
    if (pairs.size() > 1 && step + 1 < round.steps()) {
      start(step + 1);
    }
    return taken;
  }

  private void start(int step) {
    next = start(step, 1, pair(step).query(), pair(step).key());
    nextStep = step;
  }

  private ViewPair pair(int step) {
    return pairs.get(step % pairs.size());
  }

  /**
   * Fills two batches.
   *
   * @param step the first of the steps, within the round
   * @param steps how many; the batches have as many times the sequences of one
   */
  void make(int step, int steps, ViewBatch first, ViewBatch second) {
    start(step, steps, first, second).await();
  }

  private ViewThreads.Making start(int step, int steps, ViewBatch first, ViewBatch second) {
    int from = (round.firstBatch() + step) * train.batch();
    List<SkeletonSequence> sequences =
        Arrays.stream(order, from, from + steps * train.batch())
            .mapToObj(shard.sequences()::get)
            .toList();
    return threads.start(sequences, train.seed(), round.epoch(), first, second);
  }
}
