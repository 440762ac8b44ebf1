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
}
