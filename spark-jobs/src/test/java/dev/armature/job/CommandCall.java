package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * A command called in this process, and what came of it.
 *
 * @param out what it printed to standard output
 * @param err what it printed to standard error; logging goes past it
 */
record CommandCall(int exitCode, String out, String err) {
  private static final String MASTER = "spark.master";

  /** Calls a command. Not for tests that run side by side. */
  static CommandCall of(List<String> arguments) {
    return capturing(() -> Main.run(arguments.toArray(String[]::new)));
  }

  /** What anything printed that has an exit code. Not for tests that run side by side. */
  static CommandCall capturing(IntSupplier command) {
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      exitCode = command.getAsInt();
    } finally {
      System.setOut(systemOut);
      System.setErr(systemErr);
    }
    return new CommandCall(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** {@code prepare} for generated motion of four persons, each action performed once. */
  static List<String> prepareGenerated(Path out) {
    return prepareGenerated(out.toString());
  }

  /** The same, to any Hadoop path. */
  static List<String> prepareGenerated(String out) {
    return List.of(
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
        out);
  }

  /** A command with settings, each given by {@code --set}; options among them stay as they are. */
  static List<String> withSettings(List<String> command, Stream<String> settings) {
    return Stream.concat(
            command.stream(),
            settings.flatMap(
                setting ->
                    setting.startsWith("--") ? Stream.of(setting) : Stream.of("--set", setting)))
        .toList();
  }

  /** Calls a command that must end well. */
  static CommandCall succeeding(List<String> arguments) {
    CommandCall call = of(arguments);
    assertThat(call.exitCode()).as(call.err()).isZero();
    return call;
  }

  /** The same on Spark in this process, on two cores, whatever Spark the test uses otherwise. */
  static CommandCall onTwoCores(List<String> arguments) {
    String master = System.setProperty(MASTER, "local[2]");
    try {
      return succeeding(arguments);
    } finally {
      if (master == null) {
        System.clearProperty(MASTER);
      } else {
        System.setProperty(MASTER, master);
      }
    }
  }

  /** Calls a command that must end with exit code 2 and one paragraph that names what it must. */
  static void assertRefused(List<String> arguments, String... named) {
    CommandCall call = of(arguments);
    assertThat(call.exitCode()).as(call.err()).isEqualTo(2);
    assertIsMessage(call.err());
    assertThat(call.err()).contains(named);
  }

  /** One paragraph for the user, without a trace of where it came from. */
  static void assertIsMessage(String text) {
    assertThat(text).startsWith("armature: ").endsWith("\n");
    assertThat(text.strip().lines())
        .allSatisfy(line -> assertThat(line).isNotBlank())
        .noneMatch(line -> line.startsWith("\tat "));
    assertThat(text).doesNotContain("Exception", "null");
  }
}
