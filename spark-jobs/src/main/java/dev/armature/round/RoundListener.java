package dev.armature.round;

import java.io.IOException;

/** Is told of every round, on the driver's thread, before the next one begins. */
@FunctionalInterface
public interface RoundListener {

  /**
   * A round is done.
   *
   * @param report what happened in it
   * @param state what the next round will begin with; must not be kept past the call unless it is
   *     the last
   * @throws IOException if what the listener writes cannot be written; it ends the run
   */
  void roundCompleted(RoundReport report, TrainingState state) throws IOException;
}
