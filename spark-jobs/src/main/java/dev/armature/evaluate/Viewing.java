package dev.armature.evaluate;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;

/** Which view of a sequence is taken. */
@FunctionalInterface
interface Viewing extends Serializable {

  /** Writes the view of one sequence into a row of a batch. */
  void write(ViewGenerator generator, SkeletonSequence sequence, ViewBatch batch, int row);

  /** The view of evaluation: the centre, nothing random. */
  static Viewing evaluation() {
    return (generator, sequence, batch, row) -> generator.evaluation(sequence, batch, row);
  }

  /** The view that a classifier is trained on in one epoch. */
  static Viewing training(long seed, int epoch) {
    return (generator, sequence, batch, row) ->
        generator.downstream(sequence, seed, epoch, batch, row);
  }
}
