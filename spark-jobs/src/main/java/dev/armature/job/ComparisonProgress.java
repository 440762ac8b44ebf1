package dev.armature.job;

import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.report.ComparisonTable;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.lang3.time.DurationFormatUtils;

/**
 * Tells the user how far a comparison is: two lines a run, the second with the time left, by the
 * steps that are left at the pace so far. Thread-safe.
 */
final class ComparisonProgress {
  private final long began = System.nanoTime();
  private final Map<ComparisonCell, Long> stepsLeft = new HashMap<>();
  private final int runs;
  private long stepsDone;
  private int finished;

  /**
   * @param left the runs that are not done, with how far they are
   */
  ComparisonProgress(Map<ComparisonCell, CellState> left) {
    runs = left.size();
    left.forEach((cell, state) -> stepsLeft.put(cell, stepsLeft(cell, state)));
  }

  private static long stepsLeft(ComparisonCell cell, CellState state) {
    return state.trained() ? 0 : cell.steps() - cell.steps() * state.rounds() / cell.rounds();
  }

  /** A run begins; returns when. */
  synchronized long started(ComparisonCell cell, CellState state) {
    System.out.printf(
        "%s: %s, %,d steps left (%s).%n",
        cell.label(), state.text(cell), stepsLeft.get(cell), cell.run());
    return System.nanoTime();
  }

  /** A run has made some steps. */
  synchronized void stepped(ComparisonCell cell, int steps) {
    stepsDone += steps;
    stepsLeft.merge(cell, (long) -steps, Long::sum);
  }

  /** Something about a run that its user should know. */
  synchronized void tell(ComparisonCell cell, String line) {
    System.err.printf("armature: %s: %s%n", cell.label(), line);
  }

  /** A run is trained and evaluated. */
  synchronized void done(ComparisonCell cell, long since, EvaluationResult result) {
    say(cell, "%s, in %s".formatted(figures(result), duration(System.nanoTime() - since)));
  }

  /** A run has failed. */
  synchronized void failed(ComparisonCell cell, String why) {
    say(cell, "failed: " + why);
  }

  private void say(ComparisonCell cell, String what) {
    finished++;
    stepsLeft.remove(cell);
    long left = stepsLeft.values().stream().mapToLong(each -> Math.max(0, each)).sum();
    String time =
        left == 0 || stepsDone == 0
            ? ""
            : ", about "
                + duration((long) ((System.nanoTime() - began) * (double) left / stepsDone));
    System.out.printf(
        "%s: %s. %d of %d runs, %d left%s.%n",
        cell.label(), what, finished, runs, runs - finished, time);
  }

  private static String figures(EvaluationResult result) {
    List<String> measures = ComparisonTable.measures(Set.of(EvaluationProtocol.values()), result);
    Set<String> combined = new LinkedHashSet<>();
    for (EvaluationProtocol protocol : EvaluationProtocol.values()) {
      ComparisonTable.combined(measures, protocol).ifPresent(combined::add);
    }
    return combined.stream()
        .map(
            measure ->
                String.format(
                    Locale.ROOT,
                    "%s %.2f",
                    ComparisonTable.title(measure),
                    result.percent(measure).orElseThrow()))
        .collect(Collectors.joining(", "));
  }

  private static String duration(long nanoseconds) {
    return DurationFormatUtils.formatDuration(nanoseconds / 1_000_000, "H:mm:ss");
  }
}
