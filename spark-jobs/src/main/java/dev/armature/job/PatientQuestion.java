package dev.armature.job;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A question to a cluster's manager, asked again while it is not answered, and until the answer is
 * one to go on with. The user is told in a line of every time that it is asked again.
 *
 * @param <T> what is answered
 * @param question may throw anything
 * @param passes which failures to answer asking again may heal
 * @param silence what is not said, for the user
 * @param reason why, of a failure
 * @param patience for which a manager that does not answer is asked again
 */
record PatientQuestion<T>(
    CheckedSupplier<T> question,
    Predicate<Throwable> passes,
    String silence,
    Function<Throwable, String> reason,
    Duration patience) {

  /** Grows to twenty times that between two questions that are not answered. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Pauses between two looks at what runs on. */
  private static final int PAUSES_BETWEEN_LOOKS = 5;

  private static final int MOST_PAUSES = 20;

  /**
   * Asks.
   *
   * @param enough whether an answer is the last
   * @param waiting what the user is told, once, where an answer is not
   * @throws FailsafeException with the cause, if a failure to answer is a checked exception; others
   *     are thrown as they are
   */
  T until(Predicate<T> enough, Function<T, String> waiting) throws InterruptedIOException {
    boolean told = false;
    while (true) {
      T answer = insist();
      if (enough.test(answer)) {
        return answer;
      }
      if (!told) {
        System.err.println("armature: " + waiting.apply(answer));
        told = true;
      }
      rest();
    }
  }

  private T insist() throws InterruptedIOException {
    RetryPolicy<T> policy =
        RetryPolicy.<T>builder()
            .handleIf(passes::test)
            .withMaxRetries(-1)
            .withMaxDuration(patience)
            .withBackoff(pause(), pause().multipliedBy(MOST_PAUSES))
            .onRetryScheduled(
                event ->
                    System.err.println(
                        "armature: %s: %s; asking again"
                            .formatted(silence, reason.apply(event.getLastException()))))
            .build();
    try {
      return Failsafe.with(policy).get(question);
    } catch (FailsafeException failed) {
      if (failed.getCause() instanceof InterruptedException) {
        throw interrupted();
      }
      throw failed;
    }
  }

  private Duration pause() {
    Duration shortest = patience.dividedBy(2L * MOST_PAUSES);
    return shortest.compareTo(PAUSE) < 0 ? shortest : PAUSE;
  }

  private void rest() throws InterruptedIOException {
    try {
      Thread.sleep(pause().multipliedBy(PAUSES_BETWEEN_LOOKS).toMillis());
    } catch (InterruptedException stopped) {
      throw interrupted();
    }
  }

  private InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted: " + silence);
  }
}
