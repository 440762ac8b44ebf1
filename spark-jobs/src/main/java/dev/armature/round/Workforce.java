package dev.armature.round;

/** Decides, before every round, how many workers take part in it. Asked by the driver's thread. */
@FunctionalInterface
public interface Workforce {

  /**
   * The number of workers of the next round, at least 1; may wait for executors.
   *
   * @throws NoExecutorException if there is nobody to train
   */
  int workers();

  /**
   * Has a round done, and gives it up if there is nobody to train for too long; by default it is
   * never given up.
   *
   * @param cancel ends the round; may be called more than once, on another thread
   * @throws NoExecutorException if it was given up
   */
  default void during(Runnable round, Runnable cancel) {
    round.run();
  }
}
