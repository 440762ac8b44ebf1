package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The jar for spark-submit, and a Spark to run it on. */
final class ShadedJar {
  private ShadedJar() {}

  /**
   * The jar; the calling test is skipped where none was asked for.
   *
   * @param folder for what is printed
   */
  static Path require(Path folder) throws IOException, InterruptedException {
    assumeFalse(
        Boolean.getBoolean("armature.shaded-jar.skipped"),
        "built with -Dshade.skip: there is no shaded jar");
    String path = System.getProperty("armature.shaded-jar");
    assumeTrue(path != null, "armature.shaded-jar is not set; run ./mvnw verify");
    Path jar = Path.of(path);
    assertThat(jar).isRegularFile();
    putSparkTogether(folder);
    return jar;
  }

  /** The Spark that the scripts use, before two processes of tests call them at the same time. */
  private static void putSparkTogether(Path folder) throws IOException, InterruptedException {
    Path spark = Path.of("target", "spark");
    try (FileChannel file =
            FileChannel.open(
                Path.of("target", "spark.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      assertThat(lock.isValid()).isTrue();
      putTogether(folder, spark);
    }
  }

  private static void putTogether(Path folder, Path home) throws IOException, InterruptedException {
    try (CommandProcess script =
        CommandProcess.script(folder, Map.of(), "lib/spark-home", List.of(home.toString()))) {
      assertThat(script.exitCode()).as(script.output()).isZero();
    }
  }

  /**
   * The class path of a Spark and nothing else, as the scripts put it together.
   *
   * @param folder to put it together in
   */
  static String spark(Path folder) throws IOException, InterruptedException {
    Path home = folder.resolve("spark");
    putTogether(folder, home);
    try (Stream<Path> jars = Files.list(home.resolve("jars"))) {
      return jars.sorted().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
  }
}
