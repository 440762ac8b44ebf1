package dev.armature.round;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;

/**
 * How long a file system that refuses is tried again: a name node in safe mode, datanodes that are
 * away, a full disk that somebody clears. The pauses grow from one second to half a minute. What
 * waiting does not heal, such as a permission that is denied or a folder that is mounted read-only,
 * fails at once. Thread-safe if its listener is.
 */
public final class Patience {
  /** Every refusal is final, and passed on as it is. */
  public static final Patience NONE = new Patience(Duration.ZERO, line -> {});

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Duration limit;
  private final Duration firstPause;
  private final Consumer<String> told;

  /**
   * @param limit for which a refusal is tried again, from the first attempt on; zero: not at all
   * @param told is told of every refusal that is tried again, in a line
   */
  public Patience(Duration limit, Consumer<String> told) {
    this(limit, FIRST_PAUSE, told);
  }

  /**
   * @param firstPause after the first refusal
   */
  Patience(Duration limit, Duration firstPause, Consumer<String> told) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("patience must not be negative, found " + limit);
    }
    this.limit = limit;
    this.firstPause = firstPause;
    this.told = told;
  }

  /**
   * Something a file system may refuse. Must be able to run again after it has failed anywhere.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Attempt<T> {
    T run() throws IOException;
  }

  /**
   * Tries until it works, the patience ends, or trying again makes no sense.
   *
   * @param intent a verb, for messages: {@code write}
   * @param path what is to be written or read
   * @throws IOException if it does not work; says what, how often and why
   */
  public <T> T insist(String intent, Path path, Attempt<T> attempt) throws IOException {
    if (limit.isZero()) {
      return once(attempt);
    }
    long began = System.nanoTime();
    int[] attempts = {0};
    try {
      return Failsafe.with(policy(intent, path))
          .get(
              execution -> {
                attempts[0] = execution.getAttemptCount() + 1;
                return once(attempt);
              });
    } catch (FailsafeException refused) {
      if (refused.getCause() instanceof NotWholeException notWhole) {
        throw notWhole;
      }
      if (refused.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException(
            "interrupted before %s could be tried again".formatted(path));
      }
      if (!(refused.getCause() instanceof IOException)) {
        // Not the file system's.
        throw new IllegalStateException(refused.getCause());
      }
      throw new IOException(
          "could not %s %s: %s; tried %s"
              .formatted(
                  intent,
                  path,
                  Refusal.reason(refused.getCause()),
                  attempts[0] == 1 && Refusal.isLasting(refused.getCause(), path)
                      ? "once, for waiting does not heal this"
                      : "%d time%s in %d s"
                          .formatted(
                              attempts[0], attempts[0] == 1 ? "" : "s", secondsSince(began))),
          refused.getCause());
    }
  }

  /** Tries once. Hadoop's local file system throws an error where a disk is full. */
  static <T> T once(Attempt<T> attempt) throws IOException {
    try {
      return attempt.run();
    } catch (FSError refused) {
      throw new IOException(
          Refusal.reason(refused.getCause() == null ? refused : refused.getCause()), refused);
    }
  }

  private <T> RetryPolicy<T> policy(String intent, Path path) {
    Duration first = shorter(firstPause, limit.dividedBy(4));
    RetryPolicyBuilder<T> policy =
        RetryPolicy.<T>builder()
            .handle(IOException.class)
            .abortOn(refusal -> Refusal.isLasting(refusal, path))
            .withMaxRetries(-1)
            .withMaxDuration(limit)
            .withBackoff(first, shorter(LONGEST_PAUSE, limit.dividedBy(2)));
    return policy
        .onRetryScheduled(
            event ->
                told.accept(
                    "could not %s %s: %s; trying again in %.1f s, for up to %d s"
                        .formatted(
                            intent,
                            path,
                            Refusal.reason(event.getLastException()),
                            event.getDelay().toMillis() * 1e-3,
                            limit.minus(event.getElapsedTime()).toSeconds())))
        .build();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static long secondsSince(long began) {
    return Duration.ofNanos(System.nanoTime() - began).toSeconds();
  }
}
