package dev.armature.job;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import picocli.CommandLine.ExitCode;

/**
 * How a driver on Kubernetes ended, asked for after Spark has stopped watching it: Spark ends alike
 * whatever became of the driver, and also when its connection breaks. What nobody could find out is
 * said, too.
 */
final class KubernetesOutcome {
  /** Too many requests; not among {@link HttpURLConnection}'s. */
  private static final int BUSY = 429;

  private final PatientQuestion<Optional<DriverPod>> question;
  private final Driver driver;

  /** Asks the API server. */
  interface Question {
    /**
     * Returns the pod of the driver's name; empty if there is none.
     *
     * @throws KubernetesClientException if the API server does not answer, or refuses to
     */
    Optional<DriverPod> ask();
  }

  /**
   * The driver that a call is to make.
   *
   * @param pod its name, which pods of earlier calls may have had
   * @param call the value of its {@link DriverPod#CALL_LABEL}, which no other has
   */
  record Driver(String namespace, String pod, String call) {}

  /**
   * @param patience for which an API server that does not answer is asked again
   */
  KubernetesOutcome(Question question, Driver driver, Duration patience) {
    this.driver = driver;
    this.question =
        new PatientQuestion<>(
            question::ask,
            KubernetesOutcome::passes,
            "the API server does not say how the driver ended",
            KubernetesOutcome::reason,
            patience);
  }

  /**
   * Finds out, and tells the user.
   *
   * @param failure what Spark says went wrong; empty if it says nothing
   * @param waits whether the call is to last until the driver ends
   * @return the exit code of the call
   */
  int exitCode(String failure, boolean waits) throws InterruptedIOException {
    Optional<DriverPod> found;
    try {
      found = ended(waits);
    } catch (RuntimeException unanswered) {
      // The client's own, and what Spark throws where it cannot make a client.
      return unanswered(failure, waits, unanswered);
    }
    if (found.isEmpty() || !isOwn(found.get())) {
      return failed(withoutDriver(failure, found.isPresent()));
    }
    DriverPod pod = found.get();
    if (pod.runsOn()) {
      // Nobody was to wait for it.
      if (!failure.isEmpty()) {
        return failed("%s; %s".formatted(failure, pod.text()));
      }
      System.out.println(pod.text());
      return ExitCode.OK;
    }
    int exitCode = pod.commandsExitCode();
    (exitCode == ExitCode.OK ? System.out : System.err).println(pod.text());
    return exitCode;
  }

  private boolean isOwn(DriverPod pod) {
    return pod.call().equals(driver.call());
  }

  private static int failed(String why) {
    System.err.println("armature: " + why);
    return ExitCode.SOFTWARE;
  }

  private String withoutDriver(String failure, boolean another) {
    if (another) {
      return "%s; the pod %s that is there was made by another call: delete it (kubectl --namespace %s delete pod %2$s) if it has ended, or leave spark.kubernetes.driver.pod.name out, and every call has a pod of its own"
          .formatted(
              failure.isEmpty() ? "the driver's pod is gone" : failure,
              driver.pod(),
              driver.namespace());
    }
    return failure.isEmpty()
        ? "the driver's pod %s is gone, and nothing tells how the run ended".formatted(driver.pod())
        : failure;
  }

  private int unanswered(String failure, boolean waits, RuntimeException why) {
    String silence = "the API server does not tell of the driver (%s)".formatted(reason(why));
    if (failure.isEmpty() && !waits) {
      System.err.println(
          "armature: warning: %s; Spark had it from there that the pod %s was made"
              .formatted(silence, driver.pod()));
      return ExitCode.OK;
    }
    return failed(
        "%s, and nothing tells how the run ended, or whether it goes on: %skubectl --namespace %s get pod %s%s"
            .formatted(
                silence,
                isDenied(why)
                    ? "renew the token or the certificate of this call, whose user has to be allowed to get pods, and see "
                    : "",
                driver.namespace(),
                driver.pod(),
                failure.isEmpty() ? "" : ". Spark says: " + failure));
  }

  /** The client says what it wanted to do; why that did not work is said by the causes. */
  private static String reason(Throwable failure) {
    String message = Failures.describe(failure).strip();
    String cause = Failures.describe(ExceptionUtils.getRootCause(failure)).strip();
    return message.contains(cause) ? message : message + ": " + cause;
  }

  private static boolean isDenied(Throwable failure) {
    return failure instanceof KubernetesClientException refusal
        && (refusal.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED
            || refusal.getCode() == HttpURLConnection.HTTP_FORBIDDEN);
  }

  /** Whether asking again may help: it does not where the server refuses the question. */
  private static boolean passes(Throwable failure) {
    return failure instanceof KubernetesClientException refusal
        && (refusal.getCode() < HttpURLConnection.HTTP_BAD_REQUEST
            || refusal.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR
            || refusal.getCode() == HttpURLConnection.HTTP_CLIENT_TIMEOUT
            || refusal.getCode() == BUSY);
  }

  /** The pod when it has ended, is another call's, or nobody is to wait for it. */
  private Optional<DriverPod> ended(boolean waits) throws InterruptedIOException {
    return question.until(
        pod -> !waits || pod.isEmpty() || !isOwn(pod.get()) || !pod.get().runsOn(),
        pod ->
            "Spark has lost sight of %s, which is %s; waiting for its end"
                .formatted(pod.orElseThrow().name(), pod.orElseThrow().phase()));
  }
}
