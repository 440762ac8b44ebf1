package dev.armature.job;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import picocli.CommandLine.ExitCode;

/**
 * Submits a checked call to Kubernetes, waits for its end and finds out how it went. Spark itself
 * does not tell: it ends alike whatever became of the driver.
 *
 * <p>Recipes travel in the ConfigMap that Spark makes of {@code SPARK_CONF_DIR} for the driver, so
 * that no storage is needed to hand them over.
 *
 * @param call of spark-submit, in cluster mode
 */
record KubernetesSubmission(SubmitCall call) {
  /** How masters begin. */
  static final String SCHEME = "k8s://";

  private static final String WAIT = "spark.kubernetes.submission.waitAppCompletion";
  private static final int POLL_SECONDS = 5;

  /** Ten minutes, in which an API server that is moved or replaced comes back. */
  private static final int MOST_FAILURES = 120;

  private static final String POD_NAME = "spark.kubernetes.driver.pod.name";

  /** Where Spark mounts its ConfigMap. */
  private static final String MOUNTED = "/opt/spark/conf/";

  /** Names that Spark takes for its own configuration, and leaves out. */
  private static final String LEFT_OUT = "spark.*(conf|properties)";

  /**
   * @return the exit code of the command
   * @throws UserMistakeException if a recipe cannot be handed over
   */
  int run(Configuration hadoop) throws IOException {
    ShippedRecipes recipes =
        ShippedRecipes.write(call.command(), configurationFolder(), MOUNTED, hadoop);
    for (Path file : recipes.files()) {
      if (file.getFileName().toString().matches(LEFT_OUT)) {
        throw new UserMistakeException(
            "%s cannot be handed to the driver: Spark takes files that begin with 'spark' for its own; give it another name"
                .formatted(file.getFileName()));
      }
    }
    String pod =
        Optional.ofNullable(call.properties().get(POD_NAME))
            .orElseGet(() -> podName(call.command().get(0)));
    List<String> further = List.of("--conf", POD_NAME + "=" + pod);
    String failure = call.submit(further, recipes.command());
    Optional<DriverPod> driver = ended(pod);
    if (driver.isEmpty()) {
      System.err.println(
          "armature: "
              + (failure.isEmpty()
                  ? "the driver's pod %s is gone, and nothing tells how the run ended"
                      .formatted(pod)
                  : failure));
      return ExitCode.SOFTWARE;
    }
    // It runs on only where nobody was to wait for it.
    int exitCode = driver.get().runsOn() ? ExitCode.OK : driver.get().commandsExitCode();
    (exitCode == ExitCode.OK ? System.out : System.err).println(driver.get().text());
    return exitCode;
  }

  /**
   * The driver when it has ended. Spark stops watching when its connection breaks, and the driver
   * goes on: then it is asked for until it has ended.
   *
   * @return empty if it is gone
   */
  private Optional<DriverPod> ended(String pod) throws IOException {
    boolean waits = !"false".equals(call.properties().get(WAIT));
    int failures = 0;
    while (true) {
      try {
        Optional<DriverPod> driver = DriverPod.read(call.master(), pod, new SparkConf());
        failures = 0;
        if (!waits || driver.isEmpty() || !driver.get().runsOn()) {
          return driver;
        }
      } catch (KubernetesClientException unreachable) {
        failures++;
        if (failures == MOST_FAILURES) {
          throw new IOException(
              "the API server has not answered for %d minutes, and the driver may still run: kubectl get pod %s"
                  .formatted(MOST_FAILURES * POLL_SECONDS / 60, pod),
              unreachable);
        }
      }
      pause();
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.SECONDS.sleep(POLL_SECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the driver", ended);
    }
  }

  private static Path configurationFolder() {
    String folder = System.getenv("SPARK_CONF_DIR");
    if (folder == null) {
      throw new UserMistakeException(
          "SPARK_CONF_DIR is not set: submit with deploy/kubernetes/submit, which sets it");
    }
    return Path.of(folder);
  }

  private static String podName(String command) {
    return "armature-%s-%s-driver"
        .formatted(command.toLowerCase(Locale.ROOT), UUID.randomUUID().toString().substring(0, 8));
  }
}
