package dev.armature.job;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A command called in this process, and what came of it.
 *
 * @param out what it printed to standard output
 * @param err what it printed to standard error; logging goes past it
 */
record CommandCall(int exitCode, String out, String err) {

  /** Calls a command. Not for tests that run side by side. */
  static CommandCall of(List<String> arguments) {
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      exitCode = Main.run(arguments.toArray(String[]::new));
    } finally {
      System.setOut(systemOut);
      System.setErr(systemErr);
    }
    return new CommandCall(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
