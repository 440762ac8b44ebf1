package dev.armature.distill;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed number of threads that share out numbered pieces of work; the calling thread is one of
 * them. Which thread does which piece is left to chance, so pieces write to places of their own.
 */
final class Workers implements AutoCloseable {

  /** A piece of work. */
  @FunctionalInterface
  interface Work {
    /**
     * Does one piece.
     *
     * @param piece its number
     * @param worker 0 to threads − 1; no two pieces run at once with the same
     */
    void run(int piece, int worker);
  }

  private final int threads;
  private final ExecutorService helpers;

  /**
   * @param threads at least 1
   */
  Workers(int threads) {
    this.threads = threads;
    this.helpers =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            task -> {
              Thread thread = new Thread(task, "armature-distill");
              thread.setDaemon(true);
              return thread;
            });
  }

  int threads() {
    return threads;
  }

  /**
   * Does all pieces and returns when every thread has stopped touching them, even if one failed or
   * the caller was interrupted: native memory may be freed right after.
   */
  void forEach(int pieces, Work work) {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> others = new ArrayList<>();
    for (int worker = 1; worker < Math.min(threads, pieces); worker++) {
      int number = worker;
      others.add(helpers.submit(() -> share(next, pieces, number, work)));
    }
    RuntimeException failure = null;
    try {
      share(next, pieces, 0, work);
    } catch (RuntimeException e) {
      failure = e;
    }
    for (Future<?> other : others) {
      RuntimeException itsFailure = join(other);
      failure = failure == null ? itsFailure : failure;
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static void share(AtomicInteger next, int pieces, int worker, Work work) {
    for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
      work.run(piece, worker);
    }
  }

  private static RuntimeException join(Future<?> other) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          other.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          return new IllegalStateException("a worker thread failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    helpers.shutdown();
  }
}
