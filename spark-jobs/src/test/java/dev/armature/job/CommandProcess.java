package dev.armature.job;

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
  private static final long PATIENCE_MINUTES = 10;

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
    return start(
        folder,
        options(folder, properties),
        System.getProperty("java.class.path"),
        call("dev.armature.job.Main", arguments));
  }

  /**
   * Starts a command by way of another main class.
   *
   * @param main a class that calls {@link Main}
   */
  static CommandProcess startBy(
      Class<?> main, Path folder, Map<String, String> properties, String... arguments)
      throws IOException {
    return start(
        folder,
        options(folder, properties),
        System.getProperty("java.class.path"),
        call(main.getName(), arguments));
  }

  /**
   * Starts a command that can make no file larger than a limit.
   *
   * @param kibibytes the limit
   */
  static CommandProcess startWithFilesUpTo(
      int kibibytes, Path folder, Map<String, String> properties, String... arguments)
      throws IOException {
    return start(
        List.of("bash", "-c", "ulimit -f " + kibibytes + " && exec \"$@\"", "bash"),
        folder,
        options(folder, properties),
        System.getProperty("java.class.path"),
        call("dev.armature.job.Main", arguments));
  }

  private static List<String> options(Path folder, Map<String, String> properties) {
    List<String> options = new ArrayList<>();
    options.add("-Dspark.local.dir=" + folder);
    properties.forEach((name, value) -> options.add("-D" + name + "=" + value));
    return options;
  }

  private static List<String> call(String main, String... arguments) {
    List<String> call = new ArrayList<>(List.of(main));
    call.addAll(List.of(arguments));
    return call;
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
    return start(List.of(), folder, options, classPath, call);
  }

  private static CommandProcess start(
      List<String> prefix, Path folder, List<String> options, String classPath, List<String> call)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "conf", "jvm.options"));
    command.add("-Xmx1g");
    command.addAll(BriefJvm.OPTIONS);
    command.add("-Dlog4j2.configurationFile=" + Path.of("..", "conf", "log4j2.properties"));
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.addAll(call);
    Path output = Files.createTempFile(folder, "command", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_HOME", sparkHome(folder, classPath).toString());
    return new CommandProcess(builder.start(), output);
  }

  /**
   * Starts one of the scripts under {@code deploy}.
   *
   * @param folder for its output
   * @param environment in place of any settings for Spark and Hadoop that this process has
   */
  static CommandProcess script(
      Path folder, Map<String, String> environment, String script, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of("bash", Path.of("..", "deploy", script).toString()));
    command.addAll(arguments);
    Path output = Files.createTempFile(folder, "script", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    Map<String, String> all = builder.environment();
    all.keySet().removeIf(name -> name.matches("(SPARK|HADOOP|YARN|ARMATURE)_.*"));
    all.put("JAVA_HOME", System.getProperty("java.home"));
    all.put("SPARK_LOCAL_IP", "127.0.0.1");
    all.put("SPARK_SUBMIT_OPTS", BriefJvm.line());
    all.put("SPARK_DAEMON_JAVA_OPTS", BriefJvm.line());
    all.putAll(environment);
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
  private static Path sparkHome(Path folder, String classPath) throws IOException {
    Path home = folder.resolve("spark-home");
    if (!Files.exists(home)) {
      try (CommandProcess script =
          script(folder, Map.of(), "lib/spark-home", List.of(home.toString(), classPath))) {
        if (script.exitCode() != 0) {
          throw new IOException(script.output());
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IOException(interrupted);
      }
    }
    return home;
  }
}
