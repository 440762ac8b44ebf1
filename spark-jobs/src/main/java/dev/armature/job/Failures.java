package dev.armature.job;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;

/** What went wrong, in the words of whoever knew it. */
final class Failures {
  /** What Spark says of a job that it gave up, and what that means. */
  private static final List<Explanation> EXPLANATIONS =
      List.of(
          new Explanation(
              "Task \\d+ in stage \\S+ failed (\\d+) times, most recent failure: Lost task \\S+ in stage"
                  + " \\S+ \\(TID \\d+\\) \\((\\S+) executor (\\S+)\\): ExecutorLostFailure"
                  + " \\(.*?\\)(?: Reason: (.*))?",
              found ->
                  "executors were lost while they worked on a task, %s times, the last one executor %s on %s%s; see its log. spark.task.maxFailures says how often that may happen"
                      .formatted(
                          found.group(1), found.group(3), found.group(2), tail(found.group(4)))),
          new Explanation(
              "Task \\d+ in stage \\S+ failed (\\d+) times, most recent failure: Lost task \\S+ in stage"
                  + " \\S+ \\(TID \\d+\\) \\((\\S+) executor (\\S+)\\): (.*)",
              found ->
                  "a task failed %s times, the last time in executor %s on %s: %s; spark.task.maxFailures says how often it may"
                      .formatted(
                          found.group(1), found.group(3), found.group(2), found.group(4).strip())),
          new Explanation(
              "Stage \\d+ .*has failed the maximum allowable number of times: (\\d+)",
              found ->
                  "results of a round were lost with their executors %s times in a row; spark.stage.maxConsecutiveAttempts says how often that may happen"
                      .formatted(found.group(1))),
          new Explanation(
              "cancelled because SparkContext was shut down|Cannot call methods on a stopped SparkContext",
              found ->
                  "Spark ended the application while it worked: it was killed from outside, or too many executors were lost. How many may be is said by spark.executor.maxNumFailures on YARN and Kubernetes, by spark.deploy.maxExecutorRetries on a standalone master"));

  private Failures() {}

  private record Explanation(Pattern pattern, Function<MatchResult, String> text) {
    Explanation(String pattern, Function<MatchResult, String> text) {
      this(Pattern.compile(pattern), text);
    }

    Optional<String> of(String message) {
      Matcher found = pattern.matcher(message);
      return found.find() ? Optional.of(text.apply(found)) : Optional.empty();
    }
  }

  private static String tail(String reason) {
    return reason == null || reason.isBlank() ? "" : " (" + reason.strip() + ")";
  }

  /** A failure's message; for a failed Spark job, that of the task that brought it down. */
  static String describe(Throwable failure) {
    Throwable known = failure;
    while ((known instanceof SparkException || isSuppressedByItself(known))
        && known.getCause() != null) {
      known = known.getCause();
    }
    String message = known.getMessage();
    if (known instanceof OutOfMemoryError && known != failure) {
      return "an executor had too little memory (%s): raise spark.executor.memory, or spark.executor.memoryOverhead for what lies outside the heap"
          .formatted(message);
    }
    if (message == null) {
      return known.getClass().getSimpleName();
    }
    return EXPLANATIONS.stream()
        .flatMap(explanation -> explanation.of(message).stream())
        .findFirst()
        .orElseGet(() -> firstLines(message));
  }

  /**
   * A stream of HDFS that has failed throws the same exception again when it is closed, and Java
   * puts another in its place, for none can be suppressed by itself.
   */
  private static boolean isSuppressedByItself(Throwable failure) {
    return failure instanceof IllegalArgumentException
        && failure.getCause() != null
        && "Self-suppression not permitted".equals(failure.getMessage());
  }

  /** Spark appends the stack trace of a task that failed on an executor to its message. */
  private static String firstLines(String message) {
    int trace = message.indexOf("\n\tat ");
    return trace < 0 ? message : message.substring(0, trace);
  }
}
