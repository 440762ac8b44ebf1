package dev.armature.job;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command in a process of its own, as a user's is, so that it can be killed. */
final class CommandProcess implements AutoCloseable {
  private static final long PATIENCE_MINUTES = 5;

  private final Process process;
  private final Path output;

  private CommandProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a command.
   *
   * @param folder for its output and Spark's scratch files
   * @param properties system properties, such as {@code spark.master}
   */
  static CommandProcess start(Path folder, Map<String, String> properties, String... arguments)
      throws IOException {
    List<String> options = new ArrayList<>();
    options.add("-Dspark.local.dir=" + folder);
    properties.forEach((name, value) -> options.add("-D" + name + "=" + value));
    List<String> call = new ArrayList<>(List.of("dev.armature.job.Main"));
    call.addAll(List.of(arguments));
    return start(folder, options, System.getProperty("java.class.path"), call);
  }

  /**
   * Starts any Java program.
   *
   * @param folder for its output and Spark's scratch files
   * @param options of the JVM
   * @param classPath of the program; executors that it starts have the jars among it
   * @param call the main class and its arguments
   */
  static CommandProcess start(
      Path folder, List<String> options, String classPath, List<String> call) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "conf", "jvm.options"));
    command.add("-Xmx1g");
    command.add("-Dlog4j2.configurationFile=" + Path.of("..", "conf", "log4j2.properties"));
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.addAll(call);
    Path output = Files.createTempFile(folder, "command", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_HOME", SparkHome.assemble(folder, classPath).toString());
    return new CommandProcess(builder.start(), output);
  }

  /** Waits for its end and returns its exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("the command does not end; it printed:\n" + output());
    }
    return process.exitValue();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The processes of its executors that are alive. */
  List<ProcessHandle> executors() {
    return process.descendants().filter(ProcessHandle::isAlive).toList();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has printed so far. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** The folder from which Spark starts executors: links to the jars of the class path. */
  private static final class SparkHome {
    static Path assemble(Path folder, String classPath) throws IOException {
      Path home = folder.resolve("spark-home");
      Path jars = home.resolve("jars");
      if (!Files.exists(jars)) {
        Files.createDirectories(jars);
        Files.createFile(home.resolve("RELEASE"));
        for (String entry : classPath.split(File.pathSeparator, -1)) {
          Path path = Path.of(entry);
          if (Files.isRegularFile(path)) {
            Files.createSymbolicLink(jars.resolve(path.getFileName()), path.toAbsolutePath());
          }
        }
      }
      return home;
    }
  }
}
