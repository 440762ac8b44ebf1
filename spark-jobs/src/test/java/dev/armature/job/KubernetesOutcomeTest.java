package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a driver on Kubernetes, told by an API server that may keep silent. */
class KubernetesOutcomeTest {
  private static final String SPARKS_WORDS = "pods \"nightly\" already exists";

  private final PrintStream systemOut = System.out;
  private final PrintStream systemErr = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private int questions;

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

  private static KubernetesOutcome.Question pod(
      String call, String phase, Optional<Integer> exitCode) {
    return () -> Optional.of(new DriverPod("armature", "nightly", call, phase, exitCode, ""));
  }

  private static KubernetesOutcome.Question succeeded() {
    return pod("tonight", "Succeeded", Optional.of(0));
  }

  private static KubernetesOutcome.Question running() {
    return pod("tonight", "Running", Optional.empty());
  }

  /** As the client says it: of the reason itself only the cause knows. */
  private static Optional<DriverPod> silence() {
    throw new KubernetesClientException(
        "Operation: [get] failed.",
        new IOException("Failed to connect", new ConnectException("Connection refused")));
  }

  private static KubernetesOutcome.Question status(int code) {
    return () -> {
      throw new KubernetesClientException("Message: status %d.".formatted(code), code, null);
    };
  }

  /** Answers in their order, the last one for ever. */
  private int exitCode(String failure, boolean waits, List<KubernetesOutcome.Question> answers)
      throws IOException {
    Deque<KubernetesOutcome.Question> left = new ArrayDeque<>(answers);
    return new KubernetesOutcome(
            () -> {
              questions++;
              return (left.size() > 1 ? left.remove() : left.element()).ask();
            },
            new KubernetesOutcome.Driver("armature", "nightly", "tonight"),
            Duration.ofMillis(400))
        .exitCode(failure, waits);
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_success_stays_one_when_the_api_server_answers_late() throws IOException {
    assertThat(
            exitCode(
                "",
                true,
                List.of(KubernetesOutcomeTest::silence, status(503), status(429), succeeded())))
        .isZero();
    assertThat(printed())
        .contains(
            "Connection refused; asking again",
            "status 503.; asking again",
            "status 429.; asking again",
            "ended with exit code 0");
  }

  @Test
  void a_silence_that_lasts_is_a_failure_that_says_its_reason() throws IOException {
    assertThat(exitCode(SPARKS_WORDS, true, List.of(KubernetesOutcomeTest::silence))).isEqualTo(1);
    assertThat(questions).isGreaterThan(2);
    assertThat(printed())
        .contains(
            "(Operation: [get] failed.: Connection refused), and nothing tells how the run ended",
            "kubectl --namespace armature get pod nightly",
            SPARKS_WORDS);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void a_token_that_is_not_taken_is_not_shown_again(int code) throws IOException {
    assertThat(exitCode("", true, List.of(status(code)))).isEqualTo(1);
    assertThat(questions).isEqualTo(1);
    assertThat(printed())
        .contains("status %d".formatted(code), "renew the token", "allowed to get pods")
        .doesNotContain("asking again");
  }

  @Test
  void a_client_that_cannot_be_made_is_told_of_once() throws IOException {
    KubernetesOutcome.Question none =
        () -> {
          throw new IllegalArgumentException("token.txt does not exist");
        };
    assertThat(exitCode("", true, List.of(none))).isEqualTo(1);
    assertThat(questions).isEqualTo(1);
    assertThat(printed()).contains("token.txt does not exist").doesNotContain("renew");
  }

  @Test
  void a_pod_that_an_earlier_call_made_says_nothing_of_this_one() throws IOException {
    KubernetesOutcome.Question old = pod("last-night", "Succeeded", Optional.of(0));
    assertThat(exitCode(SPARKS_WORDS, true, List.of(old))).isEqualTo(1);
    assertThat(printed())
        .contains(SPARKS_WORDS, "made by another call", "--namespace armature delete pod nightly")
        .doesNotContain("ended with exit code 0");
    assertThat(exitCode("", true, List.of(pod("", "Running", Optional.empty())))).isEqualTo(1);
  }

  @Test
  void a_driver_of_which_spark_has_lost_sight_is_waited_for() throws IOException {
    assertThat(
            exitCode(
                SPARKS_WORDS,
                true,
                List.of(running(), KubernetesOutcomeTest::silence, running(), succeeded())))
        .isZero();
    assertThat(printed()).containsOnlyOnce("lost sight of nightly, which is Running");
  }

  @Test
  void a_driver_that_is_gone_has_failed() throws IOException {
    assertThat(exitCode("", true, List.of(Optional::empty))).isEqualTo(1);
    assertThat(printed()).contains("pod nightly is gone");
    assertThat(exitCode(SPARKS_WORDS, true, List.of(Optional::empty))).isEqualTo(1);
    assertThat(printed()).contains(SPARKS_WORDS);
  }

  @Test
  void one_that_nobody_was_to_wait_for_may_run_on_if_spark_made_all_that_it_needs()
      throws IOException {
    assertThat(exitCode("", false, List.of(running()))).isZero();
    assertThat(printed()).contains("nightly is Running");
    assertThat(exitCode("", false, List.of(status(403)))).isZero();
    assertThat(printed()).contains("warning", "that the pod nightly was made");
    assertThat(exitCode("no ConfigMap", false, List.of(running()))).isEqualTo(1);
    assertThat(printed()).contains("no ConfigMap; nightly is Running");
  }

  @Test
  void the_exit_code_of_the_driver_is_that_of_the_call() throws IOException {
    assertThat(exitCode("", true, List.of(pod("tonight", "Failed", Optional.of(2))))).isEqualTo(2);
    assertThat(exitCode("", true, List.of(pod("tonight", "Failed", Optional.of(137)))))
        .isEqualTo(1);
    assertThat(exitCode("", true, List.of(pod("tonight", "Failed", Optional.empty()))))
        .isEqualTo(1);
  }
}
