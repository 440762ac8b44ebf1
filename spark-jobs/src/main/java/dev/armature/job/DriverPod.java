package dev.armature.job;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.k8s.SparkKubernetesClientFactory;
import org.apache.spark.util.Utils;
import picocli.CommandLine.ExitCode;
import scala.Option;

/**
 * The pod of a driver, as the API server knows it.
 *
 * @param phase such as {@code Running} or {@code Failed}
 * @param call that made it, by the value of {@link #CALL_LABEL}; empty if it has none
 * @param exitCode of Spark's container; empty if it never ended by itself
 * @param reason why the container or the pod ended, such as {@code OOMKilled}; empty if not told
 */
record DriverPod(
    String namespace,
    String name,
    String call,
    String phase,
    Optional<Integer> exitCode,
    String reason) {
  /** Tells the pods of several calls apart where they have one name. */
  static final String CALL_LABEL = "armature-call";

  private static final String NAMESPACE = "spark.kubernetes.namespace";

  /** Where drivers run. */
  static String namespace(SparkConf conf) {
    return conf.get(NAMESPACE, "default");
  }

  /**
   * Asks for a pod.
   *
   * @param master as spark-submit was given it
   * @param conf with the namespace and with how to authenticate
   * @return empty if it is not there
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server does not
   *     answer, or refuses to
   */
  static Optional<DriverPod> read(String master, String name, SparkConf conf) {
    String namespace = namespace(conf);
    String server =
        Utils.checkAndGetK8sMasterUrl(master).substring(KubernetesSubmission.SCHEME.length());
    try (KubernetesClient client =
        SparkKubernetesClientFactory.createKubernetesClient(
            server,
            Option.apply(namespace),
            "spark.kubernetes.authenticate.submission",
            SparkKubernetesClientFactory.ClientType$.MODULE$.Submission(),
            conf,
            Option.empty())) {
      return Optional.ofNullable(client.pods().inNamespace(namespace).withName(name).get())
          .map(pod -> of(namespace, pod));
    }
  }

  private static DriverPod of(String namespace, Pod pod) {
    PodStatus status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
    Optional<ContainerStateTerminated> ended =
        status.getContainerStatuses().stream()
            .map(ContainerStatus::getState)
            .filter(Objects::nonNull)
            .flatMap(state -> Optional.ofNullable(state.getTerminated()).stream())
            .findFirst();
    String reason = ended.map(ContainerStateTerminated::getReason).orElse(status.getReason());
    return new DriverPod(
        namespace,
        pod.getMetadata().getName(),
        Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.<String, String>of())
            .getOrDefault(CALL_LABEL, ""),
        Objects.requireNonNullElse(status.getPhase(), "unknown"),
        ended.map(ContainerStateTerminated::getExitCode),
        Objects.requireNonNullElse(reason, ""));
  }

  /** Whether it has not ended: nobody was to wait for it. */
  boolean runsOn() {
    return exitCode.isEmpty() && !phase.equals("Failed") && !phase.equals("Succeeded");
  }

  /** That of the command; a container that was killed has one of its own, which is a failure. */
  int commandsExitCode() {
    int code = exitCode.orElse(ExitCode.SOFTWARE);
    return code == ExitCode.OK || code == ExitCode.USAGE ? code : ExitCode.SOFTWARE;
  }

  /** How it stands, and where the driver's output is. */
  String text() {
    return "%s %s%s; what its driver printed: kubectl --namespace %s logs %s"
        .formatted(
            name,
            exitCode
                .map("ended with exit code %d"::formatted)
                .orElse(runsOn() ? "is " + phase : "ended " + phase),
            reason.isEmpty() ? "" : " (" + reason + ")",
            namespace,
            name);
  }
}
