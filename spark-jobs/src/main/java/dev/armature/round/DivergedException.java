package dev.armature.round;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A loss or a parameter is no longer a finite number, a loss has exploded, or encoders have
 * collapsed. Training is deterministic, and calling again ends alike.
 */
public final class DivergedException extends RuntimeException {
  private static final String ADVICE =
      "Calling again goes the same way: start a new run with a lower train.learning-rate, with train.warm-up-epochs where the rate is scaled to the workers, or with a higher distill.temperature.contrast; init.from begins it with that checkpoint";

  private final String what;

  private DivergedException(String what, String kept) {
    super("Training has diverged. %s. %s. %s".formatted(what, kept, ADVICE));
    this.what = what;
  }

  /**
   * A run that has.
   *
   * @param what the sentence that says how that shows
   */
  static DivergedException of(String what) {
    return new DivergedException(what, "A checkpoint, where there is one, is from before");
  }

  /**
   * The same, with what is left to go on from.
   *
   * @param kept a sentence
   */
  public DivergedException keeping(String kept) {
    return new DivergedException(what, kept);
  }

  /**
   * @param steps the losses of a round's steps
   * @throws DivergedException if one of them is not finite
   */
  static void checkLosses(Round round, List<StepLosses> steps) {
    for (int step = 0; step < steps.size(); step++) {
      Map<String, Double> terms = steps.get(step).terms();
      String notFinite =
          terms.entrySet().stream()
              .filter(term -> !Double.isFinite(term.getValue()))
              .map(term -> term.getKey() + " = " + term.getValue())
              .collect(Collectors.joining(", "));
      if (!notFinite.isEmpty()) {
        throw of(
            "In round %d, epoch %d, the loss of step %d is not finite: %s"
                .formatted(
                    round.index(),
                    round.epochOf(step) + 1,
                    round.firstStep() + step + 1,
                    notFinite));
      }
    }
  }

  /**
   * @param state the encoders, their key encoders and momentum buffers after a round
   * @throws DivergedException if a number in them is not finite
   */
  static void checkParameters(Round round, ModelState state) {
    check(round, "a parameter", state.query());
    check(round, "a parameter of a key encoder", state.key());
    check(round, "a momentum buffer's number", state.velocity());
  }

  private static void check(Round round, String what, List<FloatBlock> vectors) {
    for (FloatBlock vector : vectors) {
      for (float value : vector.values()) {
        if (!Float.isFinite(value)) {
          throw of(
              "After round %d, step %d, %s is not finite: %s"
                  .formatted(round.index(), round.firstStep() + round.steps(), what, value));
        }
      }
    }
  }
}
