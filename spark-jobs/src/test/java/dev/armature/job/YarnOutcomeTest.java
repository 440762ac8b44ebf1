package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The end of an application on YARN, told by a ResourceManager that may keep silent. */
class YarnOutcomeTest {
  private static final String SPARKS_WORDS = "Application application_1_0001 finished with failed";

  private final PrintStream systemOut = System.out;
  private final PrintStream systemErr = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
  }

  @AfterEach
  void stop_listening() {
    System.setOut(systemOut);
    System.setErr(systemErr);
  }

  private static YarnApplication application(
      YarnApplicationState state, FinalApplicationStatus end, String diagnostics) {
    return new YarnApplication("application_1_0001", state, end, diagnostics);
  }

  private static YarnApplication succeeded() {
    return application(
        YarnApplicationState.FINISHED, FinalApplicationStatus.SUCCEEDED, "exit code 2: no");
  }

  private static YarnApplication running() {
    return application(YarnApplicationState.RUNNING, FinalApplicationStatus.UNDEFINED, "");
  }

  private static YarnApplication failed(String diagnostics) {
    return application(YarnApplicationState.FINISHED, FinalApplicationStatus.FAILED, diagnostics);
  }

  /** Answers in their order, the last one for ever; null for none. */
  private int exitCode(String failure, boolean waits, YarnApplication... answers)
      throws IOException {
    Deque<Optional<YarnApplication>> left = new ArrayDeque<>();
    for (YarnApplication answer : answers) {
      left.add(Optional.ofNullable(answer));
    }
    return new YarnOutcome(
            () -> {
              Optional<YarnApplication> answer = left.size() > 1 ? left.poll() : left.peek();
              return Optional.of(answer.orElseThrow(() -> new IOException("Connection refused")));
            },
            "armature-1",
            Duration.ofMillis(400))
        .exitCode(failure, waits);
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_success_stays_one_when_the_resource_manager_answers_late() throws IOException {
    assertThat(exitCode("", true, null, null, succeeded())).isZero();
    assertThat(printed()).contains("Connection refused; asking again", "ended SUCCEEDED");
  }

  @Test
  void a_success_stays_one_when_it_never_answers() throws IOException {
    assertThat(exitCode("", true, new YarnApplication[] {null})).isZero();
    assertThat(printed())
        .contains("does not answer (Connection refused)", "Spark had it from there");
  }

  @Test
  void what_nobody_knows_is_a_failure_and_is_said_to_be_unknown() throws IOException {
    assertThat(exitCode(SPARKS_WORDS, true, new YarnApplication[] {null})).isEqualTo(1);
    assertThat(printed())
        .contains(
            "nothing tells how the application ended",
            "yarn application -list -appStates ALL -appTags armature-1",
            SPARKS_WORDS);
  }

  @Test
  void an_application_of_which_spark_has_lost_sight_is_waited_for() throws IOException {
    assertThat(exitCode(SPARKS_WORDS, true, running(), null, running(), succeeded())).isZero();
    assertThat(printed()).contains("lost sight of application_1_0001, which is RUNNING");
  }

  @Test
  void one_that_nobody_was_to_wait_for_may_run_on() throws IOException {
    assertThat(exitCode("", false, running())).isZero();
    assertThat(printed()).contains("application_1_0001 is RUNNING");
  }

  @Test
  void a_call_that_came_to_no_application_has_failed() throws IOException {
    YarnOutcome outcome = new YarnOutcome(Optional::empty, "armature-1", Duration.ofMillis(400));
    assertThat(outcome.exitCode("Required executor memory is above the threshold", true))
        .isEqualTo(1);
    assertThat(printed()).contains("Required executor memory");
  }

  /** As Spark and YARN quote what a driver throws, and as they speak of other ends. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | dev.armature.job.CommandFailure: exit code 2: no data",
        "2 | User class threw exception: dev.armature.job.CommandFailure: exit code 2: a\\nb",
        "2 | Failing this attempt. (reason: User class threw exception: dev.armature.job.CommandFailure: exit code 2: no)",
        "1 | User class threw exception: dev.armature.job.CommandFailure: exit code 1: it said exit code 2: no",
        "1 | AM Container exited with exitCode: 2",
        "1 | User class threw exception: java.lang.IllegalStateException: exit code 2: no",
        "1 | dev.armature.job.CommandFailure: exit code 20: no",
        "1 | ''"
      })
  void a_refusal_is_told_from_a_failure_by_the_words_of_the_command(
      int exitCode, String diagnostics) {
    assertThat(failed(diagnostics).commandsExitCode()).isEqualTo(exitCode);
  }

  @Test
  void a_refusal_by_the_driver_is_the_exit_code_of_the_call() throws IOException {
    String told = new CommandFailure(2, "round.workers: no").toString();
    assertThat(exitCode(SPARKS_WORDS, true, failed(told))).isEqualTo(2);
    assertThat(printed()).contains("ended FAILED with exit code 2", "yarn logs");
  }

  @Test
  void one_that_was_killed_has_failed() throws IOException {
    for (YarnApplicationState state :
        List.of(YarnApplicationState.KILLED, YarnApplicationState.FAILED)) {
      assertThat(
              exitCode(
                  SPARKS_WORDS,
                  true,
                  application(state, FinalApplicationStatus.KILLED, "killed by a user")))
          .isEqualTo(1);
    }
  }
}
