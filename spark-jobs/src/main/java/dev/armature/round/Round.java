package dev.armature.round;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * One distillation round.
 *
 * @param index 0-based
 * @param epoch of its first step, 0-based; a round of fewer steps than an epoch never spans two
 * @param firstBatch the first step's batch within its epoch, 0-based
 * @param firstStep the first step's number since the start of the run, 0-based
 * @param steps steps that every worker takes, at least 1
 * @param workers that take part in it, at least 1
 * @param stepsPerEpoch steps that every worker takes in a whole epoch, at least 1
 */
public record Round(
    int index, int epoch, int firstBatch, long firstStep, int steps, int workers, int stepsPerEpoch)
    implements Serializable {

  /** The rounds of one epoch each that it consists of, with its own index. */
  List<Round> byEpoch() {
    List<Round> parts = new ArrayList<>();
    int done = 0;
    while (done < steps) {
      int batch = (firstBatch + done) % stepsPerEpoch;
      int part = Math.min(stepsPerEpoch - batch, steps - done);
      parts.add(
          new Round(index, epochOf(done), batch, firstStep + done, part, workers, stepsPerEpoch));
      done += part;
    }
    return parts;
  }

  /**
   * The epoch of one of its steps, 0-based.
   *
   * @param step within the round, 0-based
   */
  public int epochOf(int step) {
    return epoch + (firstBatch + step) / stepsPerEpoch;
  }
}
