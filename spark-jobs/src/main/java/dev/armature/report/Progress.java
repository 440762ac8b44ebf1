package dev.armature.report;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a long piece of work is, with its rate and the time left: a bar on a terminal, a line an
 * interval where there is none. Thread-safe.
 */
public final class Progress implements AutoCloseable {
  private static final Duration TERMINAL_INTERVAL = Duration.ofMillis(250);
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);
  private static final int LINE_WIDTH = 140;

  private final ProgressBar bar;

  private Progress(ProgressBar bar) {
    this.bar = bar;
  }

  /**
   * Starts to show progress on standard error.
   *
   * @param task what is done, a word or three
   * @param unit what is counted, with a leading space, for instance {@code " steps"}
   * @param done how many were done before, which do not count for the rate
   * @param total how many there are; -1 if that is not known yet
   */
  @SuppressWarnings(
      "SystemConsoleNull") // Spark 3.5 keeps us on JDK 17, where null means no terminal.
  public static Progress start(String task, String unit, long done, long total) {
    boolean terminal = System.console() != null;
    PrintStream out = System.err;
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setUnit(unit, 1)
            .setInitialMax(total)
            .startsFrom(done, Duration.ZERO)
            .showSpeed()
            .setStyle(terminal ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(
                (int) (terminal ? TERMINAL_INTERVAL : LINE_INTERVAL).toMillis())
            .setConsumer(
                terminal
                    ? new ConsoleProgressBarConsumer(out)
                    : new DelegatingProgressBarConsumer(new Lines(out)::print, LINE_WIDTH))
            .build());
  }

  /** Says how many are done. */
  public void at(long done) {
    bar.stepTo(done);
  }

  /** Says how many are done, of how many. */
  public void at(long done, long total) {
    bar.maxHint(total);
    bar.stepTo(done);
  }

  /** Adds a few words that change as the work goes on. */
  public void say(String message) {
    bar.setExtraMessage(" " + message);
  }

  /** Shows the final state and ends the display. */
  @Override
  public void close() {
    bar.close();
  }

  /** Prints lines, but none twice in a row. */
  private static final class Lines {
    private final PrintStream out;
    private String last = "";

    Lines(PrintStream out) {
      this.out = out;
    }

    synchronized void print(String line) {
      if (!line.equals(last)) {
        out.println(line.stripTrailing());
        last = line;
      }
    }
  }
}
