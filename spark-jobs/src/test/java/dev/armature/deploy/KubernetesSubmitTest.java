package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the submit script starts, against an API server that keeps what it is told. */
class KubernetesSubmitTest {
  private static final String NAMESPACE = "armature";

  @TempDir private Path scratch;
  private KubernetesMockServer server;
  private KubernetesClient client;
  private Path recipe;

  @BeforeEach
  void start_a_server() throws Exception {
    server = ApiServer.start();
    client = server.createClient();
    Files.createDirectory(scratch.resolve("conf"));
    recipe = scratch.resolve("small.conf");
    Files.writeString(recipe, "round.workers = 8\n");
  }

  @AfterEach
  void stop_the_server() {
    client.close();
    server.destroy();
  }

  private CompletableFuture<Program> submit(List<String> options, String... command) {
    List<String> call = new ArrayList<>();
    call.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    call.add("@" + Repository.path("conf/jvm.options"));
    call.add("-Xmx512m");
    call.add("-Dlog4j2.configurationFile=" + Repository.path("conf/log4j2.properties"));
    call.addAll(List.of("-cp", System.getProperty("java.class.path")));
    call.add("dev.armature.job.Submit");
    call.addAll(List.of("--master", "k8s://http://127.0.0.1:" + server.getPort()));
    call.addAll(List.of("--deploy-mode", "cluster"));
    call.addAll(
        List.of("--properties-file", Repository.path("conf/spark-kubernetes.conf").toString()));
    for (String role : List.of("driver", "executor")) {
      call.add("--conf");
      call.add(
          "spark.kubernetes.%s.podTemplateFile=%s"
              .formatted(role, Repository.path("deploy/kubernetes/" + role + ".yaml")));
    }
    call.addAll(options);
    call.addAll(List.of("--class", "dev.armature.job.Main"));
    call.add("local:///opt/armature/armature.jar");
    call.addAll(List.of(command));
    Map<String, String> environment =
        Map.of(
            "SPARK_CONF_DIR", scratch.resolve("conf").toString(),
            "SPARK_HOME", scratch.toString(),
            "KUBECONFIG", scratch.resolve("none").toString());
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Program.run(scratch, environment, call);
          } catch (Exception failed) {
            throw new AssertionError(failed);
          }
        });
  }

  private CompletableFuture<Program> pretrain() {
    return pretrain(List.of());
  }

  private CompletableFuture<Program> pretrain(List<String> options) {
    return submit(
        options,
        "pretrain",
        "--conf",
        recipe.toString(),
        "--set",
        "data.path=s3a://armature/data",
        "--set",
        "output.dir=s3a://armature/runs/1");
  }

  /** The driver, once Spark has made everything that goes with it, its settings last of all. */
  private Pod driver(CompletableFuture<Program> submission) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < deadline && !submission.isDone()) {
      List<Pod> pods = client.pods().inNamespace(NAMESPACE).list().getItems();
      if (!pods.isEmpty()
          && client.configMaps().inNamespace(NAMESPACE).list().getItems().stream()
              .anyMatch(map -> map.getData().containsKey("spark.properties"))) {
        return pods.get(0);
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no driver: " + submission.get(60, TimeUnit.SECONDS));
  }

  private void end(Pod driver, int exitCode, String reason) {
    client
        .pods()
        .inNamespace(NAMESPACE)
        .resource(
            new PodBuilder(driver)
                .withNewStatus()
                .withPhase(exitCode == 0 ? "Succeeded" : "Failed")
                .withContainerStatuses(
                    new ContainerStatusBuilder()
                        .withName("spark-kubernetes-driver")
                        .withImage("armature:0.1.0")
                        .withNewState()
                        .withNewTerminated()
                        .withExitCode(exitCode)
                        .withReason(reason)
                        .withStartedAt("2026-01-01T22:00:00Z")
                        .withFinishedAt("2026-01-02T02:00:00Z")
                        .endTerminated()
                        .endState()
                        .build())
                .endStatus()
                .build())
        .updateStatus();
  }

  @Test
  void the_driver_is_what_the_templates_say_and_its_exit_code_is_that_of_the_call()
      throws Exception {
    CompletableFuture<Program> submission = pretrain();
    Pod driver = driver(submission);
    assertIsConfined(driver);
    Container container = driver.getSpec().getContainers().get(0);
    assertThat(container.getImage()).isEqualTo("armature:0.1.0");
    assertThat(container.getArgs())
        .containsSubsequence(
            "local:///opt/armature/armature.jar",
            "pretrain",
            "--conf",
            "/opt/spark/conf/small.conf");
    assertThat(container.getResources().getRequests().get("memory"))
        .isEqualTo(new Quantity("16384Mi"));
    assertThat(container.getEnv())
        .filteredOn(variable -> variable.getName().startsWith("AWS_"))
        .hasSize(2)
        .allSatisfy(
            variable ->
                assertThat(variable.getValueFrom().getSecretKeyRef().getName())
                    .isEqualTo("armature-storage"));
    // Those of the network policies.
    assertThat(client.services().inNamespace(NAMESPACE).list().getItems())
        .flatExtracting(service -> service.getSpec().getPorts())
        .extracting(ServicePort::getPort)
        .contains(7078, 7079);
    assertThat(container.getVolumeMounts())
        .anySatisfy(mount -> assertThat(mount.getMountPath()).isEqualTo("/etc/armature/rpc"));
    assertThat(driver.getSpec().getServiceAccountName()).isEqualTo("armature-driver");
    List<ConfigMap> maps = client.configMaps().inNamespace(NAMESPACE).list().getItems();
    assertThat(maps)
        .anySatisfy(
            map -> assertThat(map.getData().get("small.conf")).contains("round").contains("8"));
    assertThat(maps)
        .anySatisfy(
            map ->
                assertThat(map.getData().get("spark.properties"))
                    .contains(
                        "spark.driver.port=7078",
                        "spark.driver.blockManager.port=7079",
                        "spark.blockManager.port=7079"));

    end(driver, 0, "Completed");
    Program done = submission.get(120, TimeUnit.SECONDS);
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(done.out())
        .contains("ended with exit code 0", "kubectl --namespace armature logs armature-pretrain-");
  }

  private static void assertIsConfined(Pod driver) {
    assertThat(driver.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(185);
    assertThat(driver.getSpec().getPriorityClassName()).isEqualTo("armature-driver");
    Container container = driver.getSpec().getContainers().get(0);
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getEnv())
        .anySatisfy(
            variable -> {
              assertThat(variable.getName()).isEqualTo("SPARK_LOCAL_DIRS");
              assertThat(variable.getValue()).isEqualTo("/var/spark/local");
            });
  }

  @Test
  void a_driver_that_was_killed_is_a_failed_run() throws Exception {
    CompletableFuture<Program> submission = pretrain();
    end(driver(submission), 137, "OOMKilled");
    Program failed = submission.get(120, TimeUnit.SECONDS);
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err()).contains("ended with exit code 137 (OOMKilled)");
  }

  @Test
  void the_pod_of_another_night_is_not_taken_for_that_of_this_one() throws Exception {
    String name = "armature-nightly-driver";
    Pod old =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .resource(
                new PodBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .addToLabels("armature-call", "of-last-night")
                    .endMetadata()
                    .build())
            .create();
    end(old, 0, "Completed");
    Program refused =
        pretrain(List.of("--conf", "spark.kubernetes.driver.pod.name=" + name))
            .get(120, TimeUnit.SECONDS);
    assertThat(refused.exitCode()).as(refused.out()).isEqualTo(1);
    assertThat(refused.out()).doesNotContain("ended with exit code 0");
    assertThat(refused.err())
        .contains("made by another call", "kubectl --namespace armature delete pod " + name);
  }

  @Test
  void a_wrong_configuration_reaches_no_cluster() throws Exception {
    Files.writeString(recipe, "round.workers = 0\ndistill.neighbors = 5\n");
    Program refused = pretrain().get(120, TimeUnit.SECONDS);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("round.workers", "distill.neighbors");
    assertThat(client.pods().inNamespace(NAMESPACE).list().getItems()).isEmpty();
  }
}
