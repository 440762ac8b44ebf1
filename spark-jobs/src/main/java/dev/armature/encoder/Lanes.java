package dev.armature.encoder;

/**
 * Runs the two independent halves of a piece of work: the two GRUs of a layer, the two halves of a
 * vector. Used by one thread at a time.
 */
interface Lanes extends AutoCloseable {

  /**
   * Runs both and returns when both are done.
   *
   * @throws IllegalStateException if either failed, with what it threw as the cause
   */
  void both(Runnable first, Runnable second);

  @Override
  void close();
}
