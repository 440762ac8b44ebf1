package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

/** What a user is told of failures; the messages are Spark's own. */
class FailuresTest {
  private static String describe(String spark) {
    return Failures.describe(new SparkException(spark));
  }

  @Test
  void executors_that_were_lost_at_every_attempt_are_named_with_what_may_be_raised() {
    assertThat(
            describe(
                "Job aborted due to stage failure: Task 1 in stage 7.0 failed 4 times, most recent failure: Lost task 1.3 in stage 7.0 (TID 31) (10.0.0.7 executor 5): ExecutorLostFailure (executor 5 exited caused by one of the running tasks) Reason: Command exited with code 137\nDriver stacktrace:"))
        .isEqualTo(
            "executors were lost while they worked on a task, 4 times, the last one executor 5 on 10.0.0.7 (Command exited with code 137); see its log. spark.task.maxFailures says how often that may happen");
  }

  @Test
  void a_task_that_failed_at_every_attempt_is_told_with_its_last_reason() {
    assertThat(
            describe(
                "Job aborted due to stage failure: Task 0 in stage 3.0 failed 8 times, most recent failure: Lost task 0.7 in stage 3.0 (TID 9) (node-3 executor 2): java.lang.UnsatisfiedLinkError: no jnidnnl in java.library.path\n\tat java.base/java.lang.ClassLoader.loadLibrary\n"))
        .isEqualTo(
            "a task failed 8 times, the last time in executor 2 on node-3: java.lang.UnsatisfiedLinkError: no jnidnnl in java.library.path; spark.task.maxFailures says how often it may");
  }

  @Test
  void results_that_were_lost_again_and_again_are_told() {
    assertThat(
            describe(
                "Job aborted due to stage failure: ResultStage 12 (collect at X.java:1) has failed the maximum allowable number of times: 4. Most recent failure reason:\norg.apache.spark.shuffle.FetchFailedException"))
        .contains("4 times in a row", "spark.stage.maxConsecutiveAttempts");
  }

  @Test
  void an_application_that_spark_ended_is_told() {
    assertThat(describe("Job 4 cancelled because SparkContext was shut down"))
        .contains("too many executors were lost", "spark.executor.maxNumFailures");
    assertThat(
            Failures.describe(
                new IllegalStateException(
                    "Cannot call methods on a stopped SparkContext.\nThis stopped SparkContext was created at:")))
        .contains("Spark ended the application");
  }

  @Test
  void an_executor_without_memory_is_told_what_to_raise() {
    assertThat(
            Failures.describe(
                new SparkException(
                    "Job aborted due to stage failure", new OutOfMemoryError("Java heap space"))))
        .contains("Java heap space", "spark.executor.memory");
  }

  @Test
  void what_a_stream_throws_twice_is_told_once() {
    IOException same = new IOException("the quota is exceeded");
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int single) throws IOException {
            throw same;
          }

          @Override
          public void close() throws IOException {
            throw same;
          }
        };
    assertThatThrownBy(
            () -> {
              try (broken) {
                broken.write(1);
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(
            failure -> assertThat(Failures.describe(failure)).isEqualTo("the quota is exceeded"));
  }

  @Test
  void a_cause_that_is_known_is_told_in_its_own_words() {
    assertThat(
            Failures.describe(
                new SparkException("Job aborted", new IOException("no such file\n\tat x.Y"))))
        .isEqualTo("no such file");
  }
}
