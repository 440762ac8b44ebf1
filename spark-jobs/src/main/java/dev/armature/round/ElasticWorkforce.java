package dev.armature.round;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * As many workers as the cluster has slots for, within bounds. Slots that were lost are waited for;
 * those that come again are used from the next round on. With fewer slots than the least number of
 * workers, these take turns. Used by one thread.
 */
public final class ElasticWorkforce implements Workforce {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration WATCH = Duration.ofSeconds(1);

  private final IntSupplier slots;
  private final int most;
  private final int least;
  private final Duration patience;
  private final Consumer<String> say;
  private int workers;

  /** Slots there were when it was last asked; 1 before that. */
  private int room = 1;

  /**
   * The workforce of a Spark application.
   *
   * @param most workers, where there is room for them
   * @param least workers, 1 to {@code most}; with {@code most} the number never changes
   * @param patience how long lost slots are waited for; those that have not come when the run
   *     begins have been waited for already
   * @param say is told in a line what is waited for, and when the number changes
   */
  public ElasticWorkforce(
      JavaSparkContext spark, int most, int least, Duration patience, Consumer<String> say) {
    this(() -> slots(spark.sc()), most, least, patience, say);
  }

  ElasticWorkforce(
      IntSupplier slots, int most, int least, Duration patience, Consumer<String> say) {
    this.slots = slots;
    this.most = most;
    this.least = least;
    this.patience = patience;
    this.say = say;
    this.workers = most;
  }

  /** How many tasks the executors that are alive can run at once. */
  public static int slots(SparkContext spark) {
    return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
  }

  @Override
  public int workers() {
    // Whoever is not to change with the slots needs one of them, and takes turns on it.
    int wanted = least == most ? 1 : Math.min(workers, room);
    int found = await(wanted);
    if (found == 0) {
      throw new NoExecutorException(patience);
    }
    room = found;
    int before = workers;
    workers = Math.min(most, Math.max(least, found));
    if (workers != before) {
      say.accept(
          "%d workers instead of %d from the next round on: the cluster has room for %d (round.workers = %d, round.least-workers = %d)"
              .formatted(workers, before, found, most, least));
    }
    return workers;
  }

  /** Spark itself waits for executors without end. */
  @Override
  public void during(Runnable round, Runnable cancel) {
    AtomicBoolean givenUp = new AtomicBoolean();
    AtomicLong seen = new AtomicLong(System.nanoTime());
    ScheduledExecutorService watch =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "armature-round-watch");
              thread.setDaemon(true);
              return thread;
            });
    Future<?> looking =
        watch.scheduleWithFixedDelay(
            () -> watch(seen, givenUp, cancel),
            WATCH.toMillis(),
            WATCH.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      round.run();
    } catch (Exception failed) {
      if (givenUp.get()) {
        NoExecutorException nobody = new NoExecutorException(patience);
        nobody.addSuppressed(failed);
        throw nobody;
      }
      throw failed;
    } finally {
      looking.cancel(false);
      watch.shutdownNow();
    }
  }

  private void watch(AtomicLong seen, AtomicBoolean givenUp, Runnable cancel) {
    try {
      if (slots.getAsInt() > 0) {
        seen.set(System.nanoTime());
      } else if (System.nanoTime() - seen.get() > patience.toNanos()) {
        givenUp.set(true);
        cancel.run();
      }
    } catch (RuntimeException passing) {
      // An exception would end the watch; it looks again in a second.
      say.accept("could not count executors: " + passing.getMessage());
    }
  }

  private int await(int wanted) {
    int found = slots.getAsInt();
    if (found >= wanted) {
      return found;
    }
    say.accept(
        "waiting up to %d s (round.wait-seconds) for executors: there is room for %d workers, %d were expected"
            .formatted(patience.toSeconds(), found, wanted));
    long deadline = System.nanoTime() + patience.toNanos();
    while (found < wanted && System.nanoTime() < deadline) {
      try {
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for executors", stop);
      }
      found = slots.getAsInt();
    }
    return found;
  }
}
