package dev.armature.round;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * What an executor says of a part of a checkpoint. A refusal is an answer, not a failure of the
 * task: Spark would try again at once, and soon fail the job.
 *
 * @param outcome what has become of it
 * @param part null if there is none
 * @param reason of a refusal; empty without one
 */
record PartAnswer(Outcome outcome, CarriedPart part, String reason) implements Serializable {

  /** What has become of it. */
  enum Outcome {
    DONE,
    REFUSED_FOR_NOW,
    REFUSED_FOR_GOOD,
    NOT_WHOLE
  }

  /**
   * Tries once.
   *
   * @param file the part's
   */
  static PartAnswer of(Path file, Patience.Attempt<CarriedPart> attempt) {
    try {
      return new PartAnswer(Outcome.DONE, Patience.once(attempt), "");
    } catch (NotWholeException broken) {
      return refused(Outcome.NOT_WHOLE, broken);
    } catch (IOException refusal) {
      return refused(
          Refusal.isLasting(refusal, file) ? Outcome.REFUSED_FOR_GOOD : Outcome.REFUSED_FOR_NOW,
          refusal);
    }
  }

  private static PartAnswer refused(Outcome outcome, IOException refusal) {
    return new PartAnswer(outcome, null, Refusal.reason(refusal));
  }

  /**
   * The part, on the driver.
   *
   * @throws NotWholeException if it is not what was written
   * @throws LastingRefusalException if trying again makes no sense
   * @throws IOException if the file system refused it for now
   */
  CarriedPart require() throws IOException {
    return switch (outcome) {
      case DONE -> part;
      case NOT_WHOLE -> throw new NotWholeException(reason);
      case REFUSED_FOR_GOOD -> throw new LastingRefusalException(reason);
      case REFUSED_FOR_NOW -> throw new IOException(reason);
    };
  }
}
