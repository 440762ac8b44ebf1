package dev.armature.encoder.cuda;

import java.util.Deque;

/** Closes what belongs together. */
public final class Release {
  private Release() {}

  /**
   * Closes all, those that came last first, and empties the list. One that fails does not keep the
   * others from being closed.
   *
   * @throws IllegalStateException what failed first, once all have been tried
   */
  public static void all(Deque<? extends AutoCloseable> owned) {
    RuntimeException first = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception failure) {
        if (first == null) {
          first =
              failure instanceof RuntimeException unchecked
                  ? unchecked
                  : new IllegalStateException(failure);
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Closes all because of a failure; what fails thereby is added to it. */
  public static void after(Throwable failure, Deque<? extends AutoCloseable> owned) {
    try {
      all(owned);
    } catch (RuntimeException further) {
      failure.addSuppressed(further);
    }
  }
}
