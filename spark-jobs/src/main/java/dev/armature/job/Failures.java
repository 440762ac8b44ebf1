package dev.armature.job;

import org.apache.spark.SparkException;

/** What went wrong, in the words of whoever knew it. */
final class Failures {
  private Failures() {}

  /** A failure's message; for a failed Spark job, that of the task that brought it down. */
  static String describe(Throwable failure) {
    Throwable known = failure;
    while (known instanceof SparkException && known.getCause() != null) {
      known = known.getCause();
    }
    String message = known.getMessage();
    return message == null ? known.getClass().getSimpleName() : firstLines(message);
  }

  /** Spark appends the stack trace of a task that failed on an executor to its message. */
  private static String firstLines(String message) {
    int trace = message.indexOf("\n\tat ");
    return trace < 0 ? message : message.substring(0, trace);
  }
}
