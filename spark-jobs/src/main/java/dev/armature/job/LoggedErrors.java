package dev.armature.job;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.layout.JsonLayout;
import org.slf4j.LoggerFactory;

/**
 * Standard error as lines of the log: where the log is read by a machine, what the commands say has
 * to be such lines, too. Thread-safe, as a stream that prints is.
 */
final class LoggedErrors extends OutputStream {
  private final Consumer<String> log;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  LoggedErrors(Consumer<String> log) {
    this.log = log;
  }

  /** Turns standard error into the log, where the log's layout is JSON. */
  static void adoptWhereLogIsJson() {
    if (LogManager.getContext(false) instanceof LoggerContext context
        && context.getConfiguration().getAppenders().values().stream()
            .anyMatch(appender -> appender.getLayout() instanceof JsonLayout)) {
      // The log keeps the stream that it has found.
      System.setErr(
          new PrintStream(
              new LoggedErrors(LoggerFactory.getLogger(Main.class)::info),
              true,
              StandardCharsets.UTF_8));
    }
  }

  @Override
  public synchronized void write(int b) {
    if (b == '\n') {
      String text = line.toString(StandardCharsets.UTF_8).strip();
      line.reset();
      if (!text.isEmpty()) {
        log.accept(text);
      }
    } else {
      line.write(b);
    }
  }
}
