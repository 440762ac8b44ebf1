package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar for spark-submit, in processes whose class path is a Spark of that version and nothing
 * else: what Armature needs besides, native libraries included, has to be in the jar.
 */
class ShadedJarIT {
  @TempDir private static Path folder;
  private static Path jar;

  @BeforeAll
  static void find_the_jar() {
    assumeFalse(
        Boolean.getBoolean("armature.shaded-jar.skipped"),
        "built with -Dshade.skip: there is no shaded jar");
    String path = System.getProperty("armature.shaded-jar");
    assumeTrue(path != null, "armature.shaded-jar is not set; run ./mvnw verify");
    jar = Path.of(path);
    assertThat(jar).isRegularFile();
  }

  @Test
  void spark_submit_runs_every_command_with_the_jar_alone() throws Exception {
    String data = folder.resolve("data").toString();
    Path run = folder.resolve("run");
    submit("local[2]", CommandCall.prepareGenerated(Path.of(data)).stream());
    assertThat(Path.of(data, "manifest.json")).isNotEmptyFile();
    // An executor with nothing but Spark, to which the jar is sent.
    submit(
        "local-cluster[1,2,1024]",
        Stream.concat(
            Stream.of("pretrain"),
            Stream.of(
                    "data.path=" + data,
                    "output.dir=" + run,
                    "encoder.hidden=8",
                    "encoder.layers=2",
                    "encoder.embedding=8",
                    "distill.queue=32",
                    "distill.neighbours=8",
                    "train.batch=8",
                    "train.max-steps=4",
                    "round.workers=2",
                    "round.local-steps=2")
                .flatMap(setting -> Stream.of("--set", setting))));
    assertThat(run.resolve("checkpoints").resolve("round-00000002.safetensors")).isNotEmptyFile();
    submit(
        "local[2]",
        Stream.of("evaluate", "--run", run.toString(), "--data", data, "--protocol", "knn"));
    assertThat(Files.readString(run.resolve("evaluation.json")))
        .contains("\"knn.three-stream.top1\"");
    for (String format : List.of("pytorch", "safetensors", "onnx")) {
      Path file = folder.resolve("exported." + format);
      submit(
          "local[2]",
          Stream.of(
              "export", "--run", run.toString(), "--format", format, "--out", file.toString()));
      assertThat(file).isNotEmptyFile();
    }
    Path imported = folder.resolve("imported");
    submit(
        "local[2]",
        Stream.of(
            "import",
            "--from",
            folder.resolve("exported.pytorch").toString(),
            "--out",
            imported.toString()));
    assertThat(imported.resolve("checkpoints").resolve("round-00000000.safetensors"))
        .isNotEmptyFile();
  }

  private static void submit(String master, Stream<String> command)
      throws IOException, InterruptedException {
    List<String> call =
        Stream.concat(
                Stream.of(
                    "org.apache.spark.deploy.SparkSubmit",
                    "--master",
                    master,
                    "--conf",
                    "spark.local.dir=" + folder,
                    "--class",
                    "dev.armature.job.Main",
                    jar.toString()),
                command)
            .toList();
    // A cache of its own: native libraries that other runs left behind do not help.
    List<String> options =
        List.of("-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("native-libraries"));
    try (CommandProcess process = CommandProcess.start(folder, options, spark(), call)) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output()).doesNotContain("NoClassDefFoundError", "UnsatisfiedLinkError");
    }
  }

  /** The class path of a Spark, cut out of this test's own. */
  private static String spark() throws IOException {
    List<Path> entries =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(Path::of)
            .filter(entry -> entry.getNameCount() > 3)
            .toList();
    List<Path> jars = new ArrayList<>();
    for (String artifact : sparkArtifacts()) {
      // …/group/artifact/version/file in a Maven repository.
      int colon = artifact.indexOf(':');
      Path home =
          Path.of(artifact.substring(0, colon).replace('.', '/'), artifact.substring(colon + 1));
      List<Path> found =
          entries.stream().filter(entry -> entry.getParent().getParent().endsWith(home)).toList();
      assertThat(found)
          .as("jars of " + artifact + ", as spark-class-path.txt asks for")
          .isNotEmpty();
      jars.addAll(found);
    }
    return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static List<String> sparkArtifacts() throws IOException {
    try (InputStream list =
        Objects.requireNonNull(ShadedJarIT.class.getResourceAsStream("spark-class-path.txt"))) {
      return new String(list.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
