package dev.armature.job;

import dev.failsafe.FailsafeException;
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
  private final PatientQuestion<Optional<YarnApplication>> question;
  private final String tag;

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
    this.tag = tag;
    this.question =
        new PatientQuestion<>(
            question::ask,
            IOException.class::isInstance,
            "the ResourceManager does not say how the application ended",
            failure -> Failures.describe(failure).strip(),
            patience);
  }

  /**
   * Finds out, and tells the user.
   *
   * @param failure what Spark says went wrong; empty if it says that all is well
   * @param waits whether the call is to last until the application ends
   * @return the exit code of the call
   */
  int exitCode(String failure, boolean waits) throws InterruptedIOException {
    Optional<YarnApplication> application;
    try {
      application = ended(waits);
    } catch (FailsafeException unanswered) {
      return unanswered(failure, waits, unanswered.getCause());
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

  private int unanswered(String failure, boolean waits, Throwable why) {
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

  private Optional<YarnApplication> ended(boolean waits) throws InterruptedIOException {
    return question.until(
        application -> !waits || application.isEmpty() || !application.get().runsOn(),
        application ->
            "Spark has lost sight of %s, which is %s; waiting for its end"
                .formatted(application.orElseThrow().id(), application.orElseThrow().state()));
  }
}
