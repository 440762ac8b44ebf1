package dev.armature.round;

/**
 * What the workers carry is lost: every executor that had a worker's state is gone. The newest
 * checkpoint has the states of its round; from there the same rounds give the same numbers.
 */
public final class CarriedStateLostException extends RuntimeException {
  CarriedStateLostException(String message) {
    super(message);
  }

  CarriedStateLostException(Throwable cause) {
    super(
        "what the workers carry from round to round (round.momentum, round.wire, round.queue) is"
            + " lost: no executor is left that had a worker's; the same call with --resume goes on"
            + " from the newest checkpoint, which has it",
        cause);
  }

  /** The exception with which a task of a failed job has ended, if it was this one. */
  static boolean causes(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      boolean named =
          cause.getMessage() != null
              && cause.getMessage().contains(CarriedStateLostException.class.getName());
      if (cause instanceof CarriedStateLostException || named) {
        return true;
      }
    }
    return false;
  }
}
