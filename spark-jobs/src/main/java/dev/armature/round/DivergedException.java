package dev.armature.round;

import java.util.List;

/** A loss or a parameter is no longer a finite number. */
public final class DivergedException extends RuntimeException {
  private static final String ADVICE =
      "Training has diverged: lower train.learning-rate, or raise distill.temperature.*; a checkpoint, where there is one, is from before";

  private DivergedException(String what) {
    super(what + ". " + ADVICE);
  }

  /**
   * @param steps the losses of a round's steps
   * @throws DivergedException if one of them is not finite
   */
  static void checkLosses(Round round, List<StepLosses> steps) {
    for (int step = 0; step < steps.size(); step++) {
      StepLosses losses = steps.get(step);
      if (!Double.isFinite(losses.total())) {
        throw new DivergedException(
            "The loss of step %d is not finite (%s)"
                .formatted(round.firstStep() + step + 1, losses.terms()));
      }
    }
  }

  /**
   * @param vectors the encoders' parameters after a round
   * @throws DivergedException if one of them is not finite
   */
  static void checkParameters(Round round, List<FloatBlock> vectors) {
    for (FloatBlock vector : vectors) {
      for (float value : vector.values()) {
        if (!Float.isFinite(value)) {
          throw new DivergedException(
              "After step %d a parameter is %s"
                  .formatted(round.firstStep() + round.steps(), value));
        }
      }
    }
  }
}
