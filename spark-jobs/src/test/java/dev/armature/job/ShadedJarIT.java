package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar for spark-submit, in processes whose class path is a Spark of that version and nothing
 * else: what Armature needs besides, native libraries included, has to be in the jar.
 */
class ShadedJarIT {
  /** Classes that come together only in this jar. */
  private static final String VERIFIED = "-XX:+BytecodeVerificationRemote";

  @TempDir private static Path folder;
  private static Path jar;
  private static String spark;

  @BeforeAll
  static void find_the_jar() throws Exception {
    jar = ShadedJar.require(folder);
    spark = ShadedJar.spark(folder);
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
                    "--conf",
                    "spark.executor.defaultJavaOptions=" + BriefJvm.line() + " " + VERIFIED,
                    "--class",
                    "dev.armature.job.Main",
                    jar.toString()),
                command)
            .toList();
    // A cache of its own: native libraries that other runs left behind do not help.
    List<String> options =
        List.of(VERIFIED, "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("native-libraries"));
    try (CommandProcess process = CommandProcess.start(folder, options, spark, call)) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output()).doesNotContain("NoClassDefFoundError", "UnsatisfiedLinkError");
    }
  }
}
