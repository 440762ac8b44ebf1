package dev.armature.round;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.skeleton.SkeletonSequence;
import java.util.Arrays;
import java.util.List;

/** The two views of the sequences of a worker's steps, in the order that the epoch gives them. */
final class StepViews {
  private final ViewGenerator generator;
  private final TrainSettings train;
  private final Shard shard;
  private final Round round;
  private final int[] order;

  StepViews(ViewGenerator generator, TrainSettings train, Shard shard, Round round) {
    this.generator = generator;
    this.train = train;
    this.shard = shard;
    this.round = round;
    this.order = ShardOrder.of(train, round.epoch(), shard.worker(), shard.sequences().size());
  }

  /**
   * Fills two batches.
   *
   * @param step the first of the steps, within the round
   * @param steps how many; the batches have as many times the sequences of one
   */
  void make(int step, int steps, ViewBatch first, ViewBatch second) {
    int from = (round.firstBatch() + step) * train.batch();
    List<SkeletonSequence> sequences =
        Arrays.stream(order, from, from + steps * train.batch())
            .mapToObj(shard.sequences()::get)
            .toList();
    generator.training(sequences, train.seed(), round.epoch(), first, second, 0);
  }
}
