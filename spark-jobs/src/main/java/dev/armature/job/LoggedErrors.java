package dev.armature.job;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.layout.JsonLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Standard error as lines of the log: where the log is read by a machine, what the commands say has
 * to be such lines, too. Thread-safe, as a stream that prints is.
 */
final class LoggedErrors extends OutputStream {
  /** Of what the thread prints. */
  private static final ThreadLocal<Level> LEVEL = ThreadLocal.withInitial(() -> Level.INFO);

  private final BiConsumer<Level, String> log;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  LoggedErrors(BiConsumer<Level, String> log) {
    this.log = log;
  }

  /** Turns standard error into the log, where the log's layout is JSON. */
  static void adoptWhereLogIsJson() {
    if (LogManager.getContext(false) instanceof LoggerContext context
        && context.getConfiguration().getAppenders().values().stream()
            .anyMatch(appender -> appender.getLayout() instanceof JsonLayout)) {
      Logger logger = LoggerFactory.getLogger(Main.class);
      // The log keeps the stream that it has found.
      System.setErr(
          new PrintStream(
              new LoggedErrors((level, text) -> logger.atLevel(level).log(text)),
              true,
              StandardCharsets.UTF_8));
    }
  }

  /** Has whole lines that are printed meanwhile, by this thread, be of a level in the log. */
  static void at(Level level, Runnable printing) {
    Level before = LEVEL.get();
    LEVEL.set(level);
    try {
      printing.run();
    } finally {
      LEVEL.set(before);
    }
  }

  /** Prints that something is not as it should be, and that the command goes on. */
  static void warn(String line) {
    at(Level.WARN, () -> System.err.println("armature: " + line));
  }

  /** Prints why a command fails. */
  static void fail(String line) {
    at(Level.ERROR, () -> System.err.println("armature: " + line));
  }

  @Override
  public synchronized void write(int b) {
    if (b == '\n') {
      String text = line.toString(StandardCharsets.UTF_8).strip();
      line.reset();
      if (!text.isEmpty()) {
        log.accept(LEVEL.get(), text);
      }
    } else {
      line.write(b);
    }
  }
}
