package dev.armature.encoder.cuda;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Keeps calls that may wait for a whole device, as taking and freeing memory and making and
 * destroying handles of libraries do, from the moments in which launches are recorded: a device
 * must not be waited for then, whatever the thread. One for the process: captures last
 * milliseconds.
 */
final class CaptureLock {
  private static final ReentrantLock LOCK = new ReentrantLock();

  private CaptureLock() {}

  /** Does it while nobody else does. */
  static void run(Runnable work) {
    LOCK.lock();
    try {
      work.run();
    } finally {
      LOCK.unlock();
    }
  }

  /** Gets it while nobody else does. */
  static <T> T get(Supplier<T> work) {
    LOCK.lock();
    try {
      return work.get();
    } finally {
      LOCK.unlock();
    }
  }
}
