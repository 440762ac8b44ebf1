package dev.armature.augment;

import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Makes the views of batches on several threads, each with a {@link ViewGenerator} of its own: the
 * same numbers as on one, for a view depends on its sequence alone. Used by one thread at a time,
 * which may do other work while a batch is made.
 */
public final class ViewThreads implements AutoCloseable {
  private final List<ViewGenerator> generators = new ArrayList<>();
  private final Executor executor;
  private final Runnable closing;
  private Making last = new Making(CompletableFuture.completedFuture(null));

  private ViewThreads(
      int threads, Supplier<ViewGenerator> generators, Executor executor, Runnable closing) {
    for (int thread = 0; thread < threads; thread++) {
      this.generators.add(generators.get());
    }
    this.executor = executor;
    this.closing = closing;
  }

  /** A batch under way. */
  public static final class Making {
    private final CompletableFuture<Void> all;

    private Making(CompletableFuture<Void> all) {
      this.all = all;
    }

    /**
     * Waits until the batches are full.
     *
     * @throws IllegalArgumentException as {@link ViewGenerator#training}
     */
    public void await() {
      try {
        all.join();
      } catch (CompletionException failed) {
        if (failed.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        if (failed.getCause() instanceof Error cause) {
          throw cause;
        }
        throw failed;
      }
    }

    private void settle() {
      all.exceptionally(failure -> null).join();
    }
  }

  /** On the calling thread, before {@link #start} returns. */
  public static ViewThreads onCaller(ViewGenerator generator) {
    return new ViewThreads(1, () -> generator, Runnable::run, () -> {});
  }

  /**
   * On threads of its own.
   *
   * @param threads at least 1
   * @param generators gives a new one each time
   */
  public static ViewThreads of(int threads, Supplier<ViewGenerator> generators) {
    ExecutorService executor =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread = new Thread(work, "armature-views");
              thread.setDaemon(true);
              return thread;
            });
    return new ViewThreads(threads, generators, executor, executor::shutdown);
  }

  /**
   * Starts to fill two batches from their first row on, once those that were started before are
   * full. They and the sequences must be left alone until they are.
   *
   * @see ViewGenerator#training
   */
  public Making start(
      List<SkeletonSequence> sequences, long seed, int epoch, ViewBatch first, ViewBatch second) {
    // A generator serves one batch at a time, also where nobody waited for the one before.
    last.settle();
    int each = share(sequences.size());
    List<CompletableFuture<Void>> parts = new ArrayList<>();
    try {
      for (int from = 0; from < sequences.size(); from += each) {
        int row = from;
        ViewGenerator generator = generators.get(from / each);
        List<SkeletonSequence> some =
            sequences.subList(from, Math.min(from + each, sequences.size()));
        parts.add(
            CompletableFuture.runAsync(
                () -> generator.training(some, seed, epoch, first, second, row), executor));
      }
    } finally {
      last = new Making(CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0])));
    }
    return last;
  }

  /** Of whole groups that a generator writes together. */
  private int share(int sequences) {
    int groups = parts(sequences, ViewGenerator.VIEWS_AT_ONCE);
    return Math.max(1, parts(groups, generators.size())) * ViewGenerator.VIEWS_AT_ONCE;
  }

  private static int parts(int all, int each) {
    return (all + each - 1) / each;
  }

  /** Ends the threads once they are done. Idempotent. */
  @Override
  public void close() {
    closing.run();
  }
}
