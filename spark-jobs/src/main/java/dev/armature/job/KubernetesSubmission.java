package dev.armature.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;

/**
 * Submits a checked call to Kubernetes, waits for its end and finds out how it went.
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

  /** In which an API server that is moved or replaced comes back. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

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
    SparkConf conf = new SparkConf();
    KubernetesOutcome.Driver driver =
        new KubernetesOutcome.Driver(
            DriverPod.namespace(conf),
            Optional.ofNullable(call.properties().get(POD_NAME))
                .orElseGet(() -> podName(call.command().get(0))),
            UUID.randomUUID().toString());
    List<String> further =
        List.of(
            "--conf",
            POD_NAME + "=" + driver.pod(),
            "--conf",
            "spark.kubernetes.driver.label.%s=%s".formatted(DriverPod.CALL_LABEL, driver.call()));
    String failure = call.submit(further, recipes.command());
    boolean waits = !"false".equals(call.properties().get(WAIT));
    return new KubernetesOutcome(
            () -> DriverPod.read(call.master(), driver.pod(), conf), driver, PATIENCE)
        .exitCode(failure, waits);
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
