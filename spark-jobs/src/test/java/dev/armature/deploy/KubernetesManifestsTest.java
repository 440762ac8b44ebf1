package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.armature.deploy.Manifests.Role;
import dev.armature.deploy.Manifests.ScheduledSparkApplication;
import dev.armature.deploy.Manifests.SparkApplication;
import dev.armature.deploy.Manifests.SparkApplicationSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.deploy.k8s.Constants$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesManifestsTest {
  private static final String FOLDER = "deploy/kubernetes/";
  private static final String NIGHTLY = FOLDER + "nightly/nightly.yaml";
  private static final String ONCE = FOLDER + "once.yaml";

  /** By apiVersion and kind. */
  private static final Map<String, Class<?>> TYPES =
      Map.ofEntries(
          Map.entry("v1 Namespace", Namespace.class),
          Map.entry("v1 Pod", Pod.class),
          Map.entry("v1 ServiceAccount", ServiceAccount.class),
          Map.entry(
              "rbac.authorization.k8s.io/v1 Role", io.fabric8.kubernetes.api.model.rbac.Role.class),
          Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class),
          Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
          Map.entry("scheduling.k8s.io/v1 PriorityClass", PriorityClass.class),
          Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("kustomize.config.k8s.io/v1beta1 Kustomization", Kustomization.class),
          Map.entry("sparkoperator.k8s.io/v1beta2 SparkApplication", SparkApplication.class),
          Map.entry(
              "sparkoperator.k8s.io/v1beta2 ScheduledSparkApplication",
              ScheduledSparkApplication.class));

  @TempDir private Path scratch;

  /** What these kustomizations use of the type. */
  private record Kustomization(
      String apiVersion,
      String kind,
      String namespace,
      List<String> resources,
      List<Generator> configMapGenerator,
      GeneratorOptions generatorOptions,
      List<Patch> patches) {}

  private record Generator(String name, List<String> files) {}

  private record GeneratorOptions(boolean disableNameSuffixHash) {}

  private record Patch(Target target, String patch) {}

  private record Target(String kind, String name) {}

  private static List<Path> files() {
    return Repository.files(FOLDER).stream()
        .filter(file -> file.toString().endsWith(".yaml"))
        .toList();
  }

  private static Object typed(JsonNode document) {
    String name = document.path("apiVersion").asText() + " " + document.path("kind").asText();
    assertThat(TYPES).containsKey(name);
    return Manifests.typed(document, TYPES.get(name));
  }

  private static SparkApplicationSpec nightly() {
    return Manifests.typed(Manifests.document(NIGHTLY), ScheduledSparkApplication.class)
        .spec()
        .template();
  }

  private static SparkApplicationSpec once() {
    return Manifests.typed(Manifests.document(ONCE), SparkApplication.class).spec();
  }

  static Stream<SparkApplicationSpec> applications() {
    return Stream.of(nightly(), once());
  }

  @ParameterizedTest
  @MethodSource("files")
  void every_document_has_only_fields_of_its_type(Path file) {
    List<JsonNode> documents = Manifests.documents(file);
    assertThat(documents).isNotEmpty();
    for (JsonNode document : documents) {
      // Nothing of the document got lost on the way, either.
      assertThat(Manifests.tree(typed(document))).as(file.toString()).isNotNull();
    }
  }

  @Test
  void a_field_that_its_type_lacks_is_noticed() {
    ObjectNode pod = (ObjectNode) Manifests.document(FOLDER + "driver.yaml");
    ((ObjectNode) pod.at("/spec/containers/0/securityContext")).put("readOnlyRootFileSystem", true);
    assertThatThrownBy(() -> typed(pod)).hasMessageContaining("readOnlyRootFileSystem");
  }

  @Test
  void kustomizations_name_files_that_are_there() {
    for (Path file : files()) {
      if (file.endsWith("kustomization.yaml")) {
        Kustomization kustomization =
            Manifests.typed(Manifests.documents(file).get(0), Kustomization.class);
        List<String> named = new ArrayList<>(kustomization.resources());
        if (kustomization.configMapGenerator() != null) {
          kustomization.configMapGenerator().forEach(each -> named.addAll(each.files()));
        }
        assertThat(named)
            .isNotEmpty()
            .allSatisfy(name -> assertThat(file.resolveSibling(name)).exists());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"platform", "nightly", "gpu"})
  void kubectl_puts_the_kustomizations_together(String name) throws Exception {
    assumeTrue(
        Program.find("kubectl").isPresent(),
        "there is no kubectl here: install one to have it try");
    Program built =
        Program.run(
            scratch,
            Map.of(),
            List.of("kubectl", "kustomize", Repository.path(FOLDER + name).toString()));
    assertThat(built.exitCode()).as(built.err()).isZero();
    Path file = scratch.resolve("built.yaml");
    Files.writeString(file, built.out());
    for (JsonNode document : Manifests.documents(file)) {
      if (!document.path("kind").asText().equals("ConfigMap")) {
        typed(document);
      }
    }
  }

  @Test
  void the_nightly_run_has_one_night_at_a_time_and_a_time_zone() {
    var spec = Manifests.typed(Manifests.document(NIGHTLY), ScheduledSparkApplication.class).spec();
    assertThat(spec.concurrencyPolicy()).isEqualTo("Forbid");
    assertThat(spec.schedule()).matches("\\d+ \\d+ \\* \\* \\*");
    assertThat(ZoneId.of(spec.timeZone())).isNotNull();
    assertThat(spec.successfulRunHistoryLimit()).isPositive();
    assertThat(spec.failedRunHistoryLimit()).isPositive();
    assertThat(spec.template().arguments()).contains("--resume");
    assertThat(spec.template().restartPolicy().type()).isEqualTo("OnFailure");
  }

  @ParameterizedTest
  @MethodSource("applications")
  void applications_run_what_is_in_the_image(SparkApplicationSpec application) throws Exception {
    assertThat(application.sparkVersion()).isEqualTo(Pom.property("spark.version"));
    assertThat(Class.forName(application.mainClass())).hasDeclaredMethods("main");
    assertThat(application.mainApplicationFile()).isEqualTo("local:///opt/armature/armature.jar");
    assertThat(application.image()).isEqualTo("armature:" + Pom.version().replace("-SNAPSHOT", ""));
    CommandLines.assertKnown(application.arguments());
    for (String argument : application.arguments()) {
      if (argument.startsWith("/opt/armature/")) {
        assertThat(Repository.path(argument.replaceFirst("/opt/armature/", ""))).exists();
      }
    }
  }

  /** What the operator calls by names of its own, and spark-submit by a key. */
  private static Map<String, String> asProperties(SparkApplicationSpec application) {
    Map<String, String> properties = new TreeMap<>(application.sparkConf());
    properties.put("spark.kubernetes.namespace", "armature");
    properties.put("spark.kubernetes.container.image", application.image());
    role(properties, "driver", application.driver());
    role(properties, "executor", application.executor());
    properties.put("spark.executor.instances", application.executor().instances().toString());
    return properties;
  }

  private static void role(Map<String, String> properties, String name, Role role) {
    properties.put("spark.%s.cores".formatted(name), Integer.toString(role.cores()));
    properties.put("spark.kubernetes.%s.limit.cores".formatted(name), role.coreLimit());
    properties.put("spark.%s.memory".formatted(name), role.memory());
    properties.put("spark.%s.memoryOverhead".formatted(name), role.memoryOverhead());
    properties.put("spark.%s.extraJavaOptions".formatted(name), role.javaOptions());
    properties.put(
        "spark.kubernetes.authenticate.%s.serviceAccountName".formatted(name),
        role.serviceAccount());
  }

  @ParameterizedTest
  @MethodSource("applications")
  void the_operator_asks_for_what_spark_submit_asks_for(SparkApplicationSpec application)
      throws IOException {
    assertThat(asProperties(application))
        .isEqualTo(new TreeMap<>(SparkProperties.read("conf/spark-kubernetes.conf")));
    assertThat(withoutSettings(application.driver().template()))
        .isEqualTo(podTemplate("driver.yaml"));
    assertThat(withoutSettings(application.executor().template()))
        .isEqualTo(podTemplate("executor.yaml"));
  }

  private static JsonNode podTemplate(String file) {
    ObjectNode pod =
        (ObjectNode) Manifests.tree(Manifests.typed(Manifests.document(FOLDER + file), Pod.class));
    pod.remove(List.of("apiVersion", "kind"));
    return pod;
  }

  /** Without the variables and the recipe that only a night has. */
  private static JsonNode withoutSettings(PodTemplateSpec template) {
    PodSpec spec = template.getSpec();
    spec.getVolumes().removeIf(volume -> volume.getName().equals("recipe"));
    Container container = spec.getContainers().get(0);
    container.getVolumeMounts().removeIf(mount -> mount.getName().equals("recipe"));
    container.setEnv(List.of());
    return Manifests.tree(template);
  }

  static Stream<PodSpec> pods() {
    return Stream.concat(
        Stream.of("driver.yaml", "executor.yaml")
            .map(file -> Manifests.typed(Manifests.document(FOLDER + file), Pod.class).getSpec()),
        applications()
            .flatMap(each -> Stream.of(each.driver().template(), each.executor().template()))
            .map(PodTemplateSpec::getSpec));
  }

  @ParameterizedTest
  @MethodSource("pods")
  void pods_may_do_as_little_as_possible(PodSpec pod) {
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(185);
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    Container container = pod.getContainers().get(0);
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(pod.getVolumes())
        .extracting(Volume::getName)
        .containsAll(container.getVolumeMounts().stream().map(VolumeMount::getName).toList());
    assertThat(container.getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .contains("/tmp", "/opt/spark/work-dir")
        .anyMatch(path -> path.startsWith("/var/spark/"));
  }

  @Test
  void native_libraries_are_unpacked_where_a_pod_may_write() throws IOException {
    Map<String, String> properties = SparkProperties.read("conf/spark-kubernetes.conf");
    for (String role : List.of("driver", "executor")) {
      assertThat(properties.get("spark.%s.extraJavaOptions".formatted(role)))
          .contains("-Dorg.bytedeco.javacpp.cachedir=/tmp/");
    }
  }

  @Test
  void the_driver_alone_has_rights_and_only_over_pods_and_config_maps() {
    List<io.fabric8.kubernetes.api.model.rbac.Role> roles = new ArrayList<>();
    for (JsonNode document :
        Manifests.documents(Repository.path(FOLDER + "platform/access.yaml"))) {
      Object typed = typed(document);
      if (typed instanceof io.fabric8.kubernetes.api.model.rbac.Role role) {
        roles.add(role);
      } else if (typed instanceof RoleBinding binding) {
        assertThat(binding.getRoleRef().getName()).isEqualTo("armature-driver");
        assertThat(binding.getSubjects())
            .singleElement()
            .satisfies(
                subject -> {
                  assertThat(subject.getName()).isEqualTo("armature-driver");
                  assertThat(subject.getNamespace()).isEqualTo("armature");
                });
      }
    }
    assertThat(roles).hasSize(1);
    Map<String, Set<String>> verbs = new TreeMap<>();
    for (PolicyRule rule : roles.get(0).getRules()) {
      assertThat(rule.getApiGroups()).containsExactly("");
      assertThat(rule.getNonResourceURLs()).isEmpty();
      for (String resource : rule.getResources()) {
        assertThat(verbs.put(resource, Set.copyOf(rule.getVerbs()))).as(resource).isNull();
      }
    }
    // What Spark's driver does, and all that it does: without one of these no executor starts, or
    // none is cleaned up.
    assertThat(verbs)
        .isEqualTo(
            Map.of(
                "pods",
                Set.of("create", "get", "list", "watch", "delete", "deletecollection"),
                "configmaps",
                Set.of("create", "get", "list", "delete", "deletecollection")));
  }

  @Test
  void no_driver_of_several_may_be_drained() {
    List<PodDisruptionBudget> budgets =
        Manifests.documents(Repository.path(FOLDER + "platform/priority.yaml")).stream()
            .map(KubernetesManifestsTest::typed)
            .filter(PodDisruptionBudget.class::isInstance)
            .map(PodDisruptionBudget.class::cast)
            .toList();
    assertThat(budgets)
        .singleElement()
        .satisfies(
            budget -> {
              // One budget is for the drivers of all runs together.
              assertThat(budget.getSpec().getMinAvailable().getIntVal()).isGreaterThan(100);
              assertThat(nightly().driver().template().getMetadata().getLabels())
                  .containsEntry(
                      "app.kubernetes.io/name",
                      budget
                          .getSpec()
                          .getSelector()
                          .getMatchLabels()
                          .get("app.kubernetes.io/name"));
            });
  }

  @Test
  void names_are_found_in_the_cluster_and_by_way_of_the_node() {
    NetworkPolicy all = policy("armature-default");
    assertThat(all.getSpec().getEgress())
        .filteredOn(
            rule ->
                rule.getPorts().stream()
                    .allMatch(port -> Integer.valueOf(53).equals(port.getPort().getIntVal())))
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.getPorts()).extracting("protocol").containsExactly("UDP", "TCP");
              assertThat(rule.getTo())
                  .anyMatch(peer -> peer.getPodSelector() != null)
                  .anyMatch(
                      peer ->
                          peer.getIpBlock() != null
                              && peer.getIpBlock().getCidr().equals("169.254.20.10/32"));
            });
  }

  static Stream<Map<String, String>> settings() throws IOException {
    return Stream.concat(
        Stream.of(SparkProperties.read("conf/spark-kubernetes.conf")),
        applications().map(KubernetesManifestsTest::asProperties));
  }

  /** At random ports, executors would fetch no block from each other behind the policies. */
  @ParameterizedTest
  @MethodSource("settings")
  void the_ports_that_the_policies_open_are_those_at_which_spark_listens(
      Map<String, String> settings) {
    assertThat(settings).containsKey("spark.blockManager.port");
    Integer executor = Integer.valueOf(settings.get("spark.blockManager.port"));
    // Spark has defaults for the driver's ports, which do not follow spark.blockManager.port.
    Set<Integer> driver =
        Set.of(
            port(settings, "spark.driver.port", Constants$.MODULE$.DEFAULT_DRIVER_PORT()),
            port(
                settings,
                "spark.driver.blockManager.port",
                Constants$.MODULE$.DEFAULT_BLOCKMANAGER_PORT()));
    Set<Integer> either = new TreeSet<>(driver);
    either.add(executor);
    assertThat(openings("armature-driver", NetworkPolicySpec::getIngress)).isEqualTo(driver);
    assertThat(openings("armature-executor", NetworkPolicySpec::getIngress))
        .isEqualTo(Set.of(executor));
    assertThat(openings("armature-driver", NetworkPolicySpec::getEgress))
        .isEqualTo(Set.of(executor));
    assertThat(openings("armature-executor", NetworkPolicySpec::getEgress)).isEqualTo(either);
  }

  private static Integer port(Map<String, String> settings, String key, int sparks) {
    return Integer.valueOf(settings.getOrDefault(key, Integer.toString(sparks)));
  }

  /** Ports that a policy opens between pods of Armature, by its rules in one direction. */
  private static Set<Integer> openings(
      String policy, Function<NetworkPolicySpec, List<?>> direction) {
    JsonNode rules = Manifests.tree(direction.apply(policy(policy).getSpec()));
    Set<Integer> ports = new TreeSet<>();
    for (JsonNode rule : rules) {
      for (String peers : List.of("from", "to")) {
        for (JsonNode peer : rule.path(peers)) {
          JsonNode labels = peer.at("/podSelector/matchLabels");
          if (labels.path("app.kubernetes.io/name").asText().equals("armature")) {
            rule.path("ports").forEach(port -> ports.add(port.path("port").intValue()));
          }
        }
      }
    }
    return ports;
  }

  private static NetworkPolicy policy(String name) {
    return Manifests.documents(Repository.path(FOLDER + "platform/network.yaml")).stream()
        .map(document -> (NetworkPolicy) typed(document))
        .filter(policy -> policy.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void no_manifest_holds_a_secret() {
    for (Path file : Repository.files(FOLDER)) {
      assertThat(Repository.read(file)).as(file.toString()).doesNotContain("kind: Secret");
    }
    assertThat(nightly().sparkConf())
        .containsEntry("spark.authenticate", "true")
        .containsEntry("spark.network.crypto.enabled", "true")
        .containsEntry("spark.io.encryption.enabled", "true")
        .doesNotContainKeys("spark.authenticate.secret", "spark.hadoop.fs.s3a.secret.key");
  }

  private Program pretrain(Path recipe, Map<String, String> environment) throws Exception {
    return Program.run(
        scratch,
        environment,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + Repository.path("conf/jvm.options"),
            "-Dlog4j2.configurationFile=" + Repository.path("conf/log4j2.properties"),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.armature.job.Main",
            "pretrain",
            "--resume",
            "--conf",
            recipe.toString()));
  }

  @Test
  void the_recipe_of_the_night_is_one_that_the_driver_takes_and_resolves_in_the_pod()
      throws Exception {
    Map<String, String> environment = new HashMap<>();
    for (var variable : nightly().driver().template().getSpec().getContainers().get(0).getEnv()) {
      environment.put(
          variable.getName(),
          variable.getValue() == null ? "armature-nightly-1" : variable.getValue());
    }
    Path recipe = scratch.resolve("recipe.conf");
    Files.writeString(
        recipe,
        Repository.read(FOLDER + "nightly/recipe.conf")
            .replace("/opt/armature/", Repository.ROOT + "/"));
    Config config =
        ConfigFactory.parseFile(recipe.toFile())
            .withFallback(ConfigFactory.parseMap(environment))
            .resolve();
    assertThat(config.getString("output.dir")).isEqualTo("s3a://armature/runs/armature-nightly-1");
    assertThat(config.getInt("round.workers")).isEqualTo(nightly().executor().instances());
    // As the driver reads it, variables of the pod included; there is no s3a: on this class path.
    environment.put("ARMATURE_DATA", scratch.resolve("unprepared").toString());
    environment.put("ARMATURE_RUNS", scratch.resolve("runs").toString());
    Program driver = pretrain(recipe, environment);
    assertThat(driver.exitCode()).as(driver.err()).isEqualTo(2);
    assertThat(driver.err())
        .contains("unprepared is not a prepared data set")
        .doesNotContain("the configuration cannot be used");
    Files.writeString(recipe, Files.readString(recipe) + "\nround.wrokers = 8\n");
    Program misspelt = pretrain(recipe, environment);
    assertThat(misspelt.exitCode()).isEqualTo(2);
    assertThat(misspelt.err()).contains("round.wrokers").doesNotContain("unprepared");
    Kustomization kustomization =
        Manifests.typed(
            Manifests.document(FOLDER + "nightly/kustomization.yaml"), Kustomization.class);
    assertThat(nightly().driver().template().getSpec().getVolumes())
        .filteredOn(volume -> volume.getName().equals("recipe"))
        .singleElement()
        .satisfies(
            volume ->
                assertThat(volume.getConfigMap().getName())
                    .isEqualTo(kustomization.configMapGenerator().get(0).name()));
    assertThat(nightly().arguments()).contains("/etc/armature/recipe/recipe.conf");
  }

  @Test
  void with_the_gpu_patch_every_worker_has_a_gpu_and_says_how_it_is_found() throws IOException {
    Kustomization gpu =
        Manifests.typed(Manifests.document(FOLDER + "gpu/kustomization.yaml"), Kustomization.class);
    assertThat(gpu.patches()).hasSize(1);
    JsonNode base = Manifests.document(NIGHTLY);
    assertThat(gpu.patches().get(0).target().name()).isEqualTo(base.at("/metadata/name").asText());
    assertThat(gpu.patches().get(0).target().kind()).isEqualTo(base.at("/kind").asText());
    JsonNode patch = new ObjectMapper(new YAMLFactory()).readTree(gpu.patches().get(0).patch());
    SparkApplicationSpec patched =
        Manifests.typed(JsonPatch.apply(patch, base), ScheduledSparkApplication.class)
            .spec()
            .template();
    Map<String, String> added = new TreeMap<>(patched.sparkConf());
    added.keySet().removeAll(nightly().sparkConf().keySet());
    assertThat(added)
        .containsOnlyKeys(
            "spark.executor.resource.gpu.amount",
            "spark.executor.resource.gpu.discoveryScript",
            "spark.executor.resource.gpu.vendor",
            "spark.task.resource.gpu.amount");
    assertThat(added)
        .containsEntry("spark.executor.resource.gpu.vendor", "nvidia.com")
        .containsEntry(
            "spark.executor.resource.gpu.discoveryScript", "/opt/armature/gpu-discovery");
    assertThat(Repository.read("docker/Dockerfile"))
        .contains("docker/gpu-discovery /opt/armature/");
    assertThat(patched.image()).isEqualTo(nightly().image() + "-cuda");
  }
}
