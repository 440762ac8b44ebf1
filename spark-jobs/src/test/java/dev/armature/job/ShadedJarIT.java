package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
        Boolean.getBoolean("shade.skip"), "built with -Dshade.skip: there is no shaded jar");
    String path = System.getProperty("armature.shaded-jar");
    assumeTrue(path != null, "armature.shaded-jar is not set; run ./mvnw verify");
    jar = Path.of(path);
    assertThat(jar).isRegularFile();
  }

  @Test
  void spark_submit_prepares_pretrains_and_evaluates_with_the_jar_alone() throws Exception {
    String data = folder.resolve("data").toString();
    Path run = folder.resolve("run");
    submit(
        Stream.of(
            "prepare",
            "--dataset",
            "synthetic",
            "--subjects",
            "4",
            "--repetitions",
            "1",
            "--protocol",
            "xsub",
            "--out",
            data));
    assertThat(Path.of(data, "manifest.json")).isNotEmptyFile();
    submit(
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
    submit(Stream.of("evaluate", "--run", run.toString(), "--data", data, "--protocol", "knn"));
    assertThat(Files.readString(run.resolve("evaluation.json")))
        .contains("\"knn.three-stream.top1\"");
  }

  private static void submit(Stream<String> command) throws IOException, InterruptedException {
    List<String> call =
        Stream.concat(
                Stream.of(
                    "org.apache.spark.deploy.SparkSubmit",
                    "--master",
                    "local[2]",
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
    TreeMap<String, List<String>> jars = new TreeMap<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      artifact(Path.of(entry))
          .ifPresent(name -> jars.computeIfAbsent(name, any -> new ArrayList<>()).add(entry));
    }
    Set<String> wanted = sparkArtifacts();
    assertThat(jars.keySet())
        .as("artifacts on the class path; spark-class-path.txt says what Spark needs of them")
        .containsAll(wanted);
    jars.keySet().retainAll(wanted);
    return jars.values().stream()
        .flatMap(List::stream)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The group:artifact of a jar in a Maven repository: …/group/artifact/version/file. */
  private static Optional<String> artifact(Path file) {
    int names = file.getNameCount();
    for (int start = 0; start < names - 3; start++) {
      if (file.getName(start).toString().equals("repository")) {
        String group = file.subpath(start + 1, names - 3).toString().replace(File.separator, ".");
        return Optional.of(group + ":" + file.getName(names - 3));
      }
    }
    return Optional.empty();
  }

  private static Set<String> sparkArtifacts() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    ShadedJarIT.class.getResourceAsStream("spark-class-path.txt")),
                StandardCharsets.UTF_8))) {
      return lines.lines().filter(line -> !line.startsWith("#")).collect(Collectors.toSet());
    }
  }
}
