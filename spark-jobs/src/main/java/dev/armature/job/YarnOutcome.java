package dev.armature.job;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ExitCode;

/**
 * How an application on YARN ended, asked for after Spark has stopped watching it: Spark tells
 * success from failure and nothing else, and calls it a failure when the ResourceManager does not
 * answer for a while. What nobody could find out is said, too.
 */
final class YarnOutcome {
  /** Grows to twenty times that between two questions that are not answered. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Pauses between two looks at an application that runs on. */
  private static final int PAUSES_BETWEEN_LOOKS = 5;

  private static final int MOST_PAUSES = 20;

  private final Question question;
  private final String tag;
  private final Duration patience;
  private final Duration pause;

  /** Asks the ResourceManager. */
  interface Question {
    /** Returns the application; empty if the ResourceManager knows none. */
    Optional<YarnApplication> ask() throws IOException;
  }

  /**
   * @param tag of the application
   * @param patience for which a ResourceManager that does not answer is asked again
   */
  YarnOutcome(Question question, String tag, Duration patience) {
    this.question = question;
    this.tag = tag;
    this.patience = patience;
    Duration shortest = patience.dividedBy(2L * MOST_PAUSES);
    this.pause = shortest.compareTo(PAUSE) < 0 ? shortest : PAUSE;
  }

  /**
   * Finds out, and tells the user.
   *
   * @param failure what Spark says went wrong; empty if it says that all is well
   * @param waits whether the call is to last until the application ends
   * @return the exit code of the call
   */
  int exitCode(String failure, boolean waits) throws IOException {
    Optional<YarnApplication> application;
    try {
      application = ended(waits);
    } catch (InterruptedIOException stopped) {
      throw stopped;
    } catch (IOException unanswered) {
      return unanswered(failure, waits, unanswered);
    }
    if (application.isEmpty()) {
      // Never submitted, or ended so long ago that it is forgotten.
      return failure.isEmpty() ? ExitCode.OK : failed(failure);
    }
    if (application.get().runsOn()) {
      System.out.println(application.get().text());
      return ExitCode.OK;
    }
    int exitCode = application.get().commandsExitCode();
    if (exitCode == ExitCode.OK) {
      System.out.println(application.get().text());
    } else {
      System.err.println("armature: " + application.get().text());
    }
    return exitCode;
  }

  private static int failed(String why) {
    System.err.println("armature: " + why);
    return ExitCode.SOFTWARE;
  }

  private int unanswered(String failure, boolean waits, IOException why) {
    String silence =
        "the ResourceManager does not answer (%s)".formatted(Failures.describe(why).strip());
    if (failure.isEmpty()) {
      System.err.println(
          waits
              ? "armature: warning: %s; Spark had it from there that all went well"
                  .formatted(silence)
              : "armature: warning: %s; Spark had it from there that the application was accepted"
                  .formatted(silence));
      return ExitCode.OK;
    }
    return failed(
        "%s, and nothing tells how the application ended, or whether it still runs: yarn application -list -appStates ALL -appTags %s. Spark says: %s"
            .formatted(silence, tag, failure));
  }

  private Optional<YarnApplication> ended(boolean waits) throws IOException {
    boolean told = false;
    while (true) {
      Optional<YarnApplication> application = insist();
      if (!waits || application.isEmpty() || !application.get().runsOn()) {
        return application;
      }
      if (!told) {
        System.err.println(
            "armature: Spark has lost sight of %s, which is %s; waiting for its end"
                .formatted(application.get().id(), application.get().state()));
        told = true;
      }
      pause();
    }
  }

  private Optional<YarnApplication> insist() throws IOException {
    RetryPolicy<Optional<YarnApplication>> policy =
        RetryPolicy.<Optional<YarnApplication>>builder()
            .handle(IOException.class)
            .withMaxRetries(-1)
            .withMaxDuration(patience)
            .withBackoff(pause, pause.multipliedBy(MOST_PAUSES))
            .onRetryScheduled(
                event ->
                    System.err.println(
                        "armature: the ResourceManager does not say how the application ended: %s; asking again"
                            .formatted(Failures.describe(event.getLastException()).strip())))
            .build();
    try {
      return Failsafe.with(policy).get(question::ask);
    } catch (FailsafeException refused) {
      if (refused.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while asking how the application ended");
      }
      throw new IOException(Failures.describe(refused.getCause()), refused.getCause());
    }
  }

  private void pause() throws InterruptedIOException {
    try {
      Thread.sleep(pause.multipliedBy(PAUSES_BETWEEN_LOOKS).toMillis());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the application's end");
    }
  }
}
