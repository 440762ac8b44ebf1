package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standalone master and two workers, started, used and stopped by the scripts that users have.
 */
class StandaloneIT {
  private static final String HOST = "127.0.0.1";

  @TempDir private static Path folder;
  private static Path cluster;
  private static int port;
  private static Path recipe;
  private static Path data;
  private static byte[] expected;

  @BeforeAll
  static void start_a_cluster_and_train_without_it() throws Exception {
    Path jar = ShadedJar.require(folder);
    cluster = folder.resolve("cluster");
    port = freePort();
    succeeding("standalone/master", master());
    for (String worker : List.of("one", "two")) {
      succeeding(
          "standalone/worker",
          List.of(
              cluster.toString(),
              "--host",
              HOST,
              "--name",
              worker,
              "--cores",
              "1",
              "--memory",
              "1g"));
    }
    recipe = Files.writeString(folder.resolve("small.conf"), SmallTraining.RECIPE);
    Files.writeString(folder.resolve("sizes.conf"), SmallTraining.SIZES);
    data = GeneratedData.path();
    expected = SmallTraining.locally(folder, jar, recipe, data.toUri().toString());
  }

  @AfterAll
  static void stop_the_cluster() throws Exception {
    if (cluster == null) {
      return;
    }
    List<ProcessHandle> started = processes();
    CommandCall stop = script("standalone/stop", List.of(cluster.toString()));
    try {
      assertThat(stop.exitCode()).as(stop.out()).isZero();
      assertThat(stop.out()).contains("one has ended", "two has ended", "master has ended");
      for (ProcessHandle process : started) {
        // Ended, but perhaps not yet buried.
        process.onExit().get(1, TimeUnit.MINUTES);
      }
    } finally {
      started.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static List<String> master() throws IOException {
    return List.of(
        cluster.toString(),
        "--host",
        HOST,
        "--port",
        Integer.toString(port),
        "--webui-port",
        Integer.toString(freePort()));
  }

  private static List<ProcessHandle> processes() throws IOException {
    try (Stream<Path> files = Files.list(cluster)) {
      return files
          .filter(file -> file.toString().endsWith(".pid"))
          .flatMap(StandaloneIT::process)
          .toList();
    }
  }

  private static Stream<ProcessHandle> process(Path pid) {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).stream();
    } catch (IOException gone) {
      return Stream.empty();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static CommandCall script(String script, List<String> arguments)
      throws IOException, InterruptedException {
    return script(script, Map.of(), arguments);
  }

  private static CommandCall script(
      String script, Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    try (CommandProcess process = CommandProcess.script(folder, environment, script, arguments)) {
      int exitCode = process.exitCode();
      return new CommandCall(exitCode, process.output(), process.output());
    }
  }

  private static CommandCall succeeding(String script, List<String> arguments)
      throws IOException, InterruptedException {
    CommandCall call = script(script, arguments);
    assertThat(call.exitCode()).as(call.out()).isZero();
    return call;
  }

  private static List<String> submit(List<String> command) {
    return Stream.concat(
            Stream.of(
                "--properties-file",
                cluster.resolve("spark.conf").toString(),
                "--executor-memory",
                "512m",
                "--conf",
                "spark.executor.defaultJavaOptions=" + BriefJvm.line()),
            command.stream())
        .toList();
  }

  @Test
  void training_on_the_cluster_ends_in_the_checkpoint_of_a_local_run() throws Exception {
    Path run = folder.resolve("run");
    succeeding(
        "standalone/submit",
        submit(SmallTraining.pretrain(recipe, data.toString(), run.toString())));
    assertThat(Files.readAllBytes(run.resolve(SmallTraining.LAST))).isEqualTo(expected);
    // Both workers took part, and did not tell everyone the secret.
    String secret =
        Files.readAllLines(cluster.resolve("spark.conf")).stream()
            .filter(line -> line.startsWith("spark.authenticate.secret "))
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .findFirst()
            .orElseThrow();
    for (String worker : List.of("one", "two")) {
      assertThat(Files.readString(cluster.resolve(worker + ".log")))
          .contains("Launch command")
          .doesNotContain(secret);
    }
  }

  @Test
  void the_file_with_the_secret_is_its_owners_alone() throws Exception {
    assertThat(Files.getPosixFilePermissions(cluster.resolve("spark.conf")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_port_that_is_taken_is_refused() throws Exception {
    CommandCall call =
        script(
            "standalone/master",
            List.of(
                folder.resolve("other").toString(),
                "--host",
                HOST,
                "--port",
                Integer.toString(port)));
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.out()).contains("port " + port, "taken", "--port");
  }

  @Test
  void a_second_master_in_the_folder_is_refused() throws Exception {
    CommandCall call = script("standalone/master", master());
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.out()).contains("runs already", "deploy/standalone/stop");
  }

  @Test
  void a_spark_home_that_is_no_spark_3_5_is_refused() throws Exception {
    Path home = Files.createDirectories(folder.resolve("old-spark"));
    Files.createDirectories(home.resolve("jars"));
    Files.createFile(home.resolve("jars").resolve("spark-core_2.13-4.0.0.jar"));
    CommandCall call =
        script(
            "standalone/submit",
            Map.of("SPARK_HOME", home.toString()),
            submit(List.of("pretrain")));
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.out()).contains(home.toString(), "spark-core_2.13-4.0.0.jar", "Spark 3.5");
  }

  @Test
  void a_bad_configuration_is_refused() throws Exception {
    CommandCall call =
        script(
            "standalone/submit",
            submit(
                CommandCall.withSettings(
                    SmallTraining.pretrain(
                        recipe, data.toString(), folder.resolve("bad").toString()),
                    Stream.of("train.batch=-1"))));
    assertThat(call.exitCode()).as(call.out()).isEqualTo(2);
    CommandCall.assertIsMessage(call.out());
    assertThat(call.out()).contains("train.batch");
  }
}
