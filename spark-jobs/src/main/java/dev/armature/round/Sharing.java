package dev.armature.round;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What the workers share between two rounds, and how.
 *
 * @param outer what becomes of the averaged change
 * @param momentum what becomes of the momentum buffers
 * @param wire how results travel
 * @param queues whose keys are negatives
 */
public record Sharing(OuterOptimizer outer, Momentum momentum, Wire wire, QueueSharing queues)
    implements Serializable {
  /** Everything is averaged or common, and travels as it is. */
  public static final Sharing EVERYTHING =
      new Sharing(
          new OuterOptimizer.Average(), Momentum.AVERAGED, Wire.FLOAT32, QueueSharing.SHARED);

  /** The vectors that a worker returns. */
  List<ResultVector> returned(Teacher teacher) {
    List<ResultVector> kinds = new ArrayList<>();
    kinds.add(ResultVector.QUERY);
    if (momentum == Momentum.AVERAGED) {
      kinds.add(ResultVector.VELOCITY);
    }
    if (teacher == Teacher.PER_STEP) {
      kinds.add(ResultVector.KEY);
    }
    return kinds;
  }

  /** What a worker carries from one round to its next; empty if nothing. */
  List<CarriedKind> carried(Teacher teacher) {
    List<CarriedKind> kinds = new ArrayList<>();
    if (momentum == Momentum.LOCAL) {
      kinds.add(CarriedKind.VELOCITY);
    }
    if (wire == Wire.BFLOAT16) {
      kinds.add(CarriedKind.QUERY_ERROR);
      if (teacher == Teacher.PER_STEP) {
        kinds.add(CarriedKind.KEY_ERROR);
      }
    }
    if (queues == QueueSharing.LOCAL) {
      kinds.add(CarriedKind.QUEUE);
    }
    return kinds;
  }
}
