package dev.armature.job.preflight;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Waits for executors that are still coming. The wait ends when there are enough, when all that
 * were asked for are there, when none has come for a while and there is at least one slot, and in
 * any case when patience is over.
 */
final class ExecutorWait {
  /**
   * Spark's own patience for resources ({@code spark.scheduler.maxRegisteredResourcesWaitingTime}).
   */
  private static final long SETTLED_SECONDS = 30;

  private static final long LOOK_MILLISECONDS = 100;
  private static final long SAY_SECONDS = 15;

  private final Supplier<ExecutorCount> count;
  private final LongSupplier nanoTime;
  private final Consumer<String> say;

  /**
   * @param say is told, in a line, what is waited for
   */
  ExecutorWait(Supplier<ExecutorCount> count, LongSupplier nanoTime, Consumer<String> say) {
    this.count = count;
    this.nanoTime = nanoTime;
    this.say = say;
  }

  /**
   * Waits.
   *
   * @param wanted slots
   * @param expected executors that will come at most; 0 if nobody knows
   * @param patience seconds
   * @return what there is then
   */
  ExecutorCount until(int wanted, int expected, long patience) throws InterruptedException {
    long began = nanoTime.getAsLong();
    long changed = began;
    long said = began - TimeUnit.SECONDS.toNanos(SAY_SECONDS - 1);
    ExecutorCount current = count.get();
    while (!enough(current, wanted, expected)) {
      long now = nanoTime.getAsLong();
      long waited = TimeUnit.NANOSECONDS.toSeconds(now - began);
      boolean settled = now - changed >= TimeUnit.SECONDS.toNanos(SETTLED_SECONDS);
      if (waited >= patience || (settled && current.slots() > 0)) {
        return current;
      }
      if (now - said >= TimeUnit.SECONDS.toNanos(SAY_SECONDS)) {
        said = now;
        say.accept(
            "Waiting for executors: %d here with room for %d of %d workers; %d s more at most (round.wait-seconds)."
                .formatted(current.executors(), current.slots(), wanted, patience - waited));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
      ExecutorCount next = count.get();
      changed = next.equals(current) ? changed : nanoTime.getAsLong();
      current = next;
    }
    return current;
  }

  private static boolean enough(ExecutorCount current, int wanted, int expected) {
    return current.slots() >= wanted || (expected > 0 && current.executors() >= expected);
  }
}
