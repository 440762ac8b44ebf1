package dev.armature.report.page;

import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import java.util.Locale;
import java.util.Optional;

/**
 * A run against the one before it, in a line.
 *
 * @param tone for the eye
 * @param text what to say
 */
public record Verdict(Tone tone, String text) {

  /** What a verdict is. */
  public enum Tone {
    /** Better by more than chance explains. */
    BETTER,
    /** Worse by more than chance explains. */
    WORSE,
    /** Neither. */
    ALIKE,
    /** There is nothing to compare. */
    NONE
  }

  /** Standard errors beyond which a difference is taken for one. */
  private static final double ERRORS = 2;

  /** What there is to say where there is nothing to compare. */
  public static Verdict none(String text) {
    return new Verdict(Tone.NONE, text);
  }

  /**
   * Compares two runs by the nearest neighbour of all streams together, or of the one there is.
   *
   * <p>Chance is told from a difference by the standard error of the difference of two independent
   * proportions; two runs on the same sequences agree on most of them, so that this asks for rather
   * more of a difference than would be enough. What another seed would change is not in it.
   *
   * @param name of the run before
   * @return empty if they have no such figure in common, measured on the same data in the same way
   */
  public static Optional<Verdict> of(EvaluationResult now, EvaluationResult before, String name) {
    return now.foremost(EvaluationProtocol.KNN)
        .filter(measure -> before.percent(measure).isPresent())
        .filter(measure -> hasNeighbours(now) && hasNeighbours(before))
        .filter(measure -> wereMeasuredAlike(now, before))
        .map(
            measure ->
                of(
                    measure,
                    now.percent(measure).orElseThrow(),
                    before.percent(measure).orElseThrow(),
                    name,
                    sequences(now),
                    sequences(before)));
  }

  /** An evaluation that did not end may have no more than a part of them. */
  private static boolean hasNeighbours(EvaluationResult result) {
    return result.protocols().contains(EvaluationProtocol.KNN);
  }

  private static boolean wereMeasuredAlike(EvaluationResult now, EvaluationResult before) {
    Object comparable = before.values().get(EvaluationResult.COMPARABLE);
    return comparable != null && comparable.equals(now.values().get(EvaluationResult.COMPARABLE));
  }

  private static long sequences(EvaluationResult result) {
    return result.values().get("test.sequences") instanceof Number number
        ? Math.max(1, number.longValue())
        : 1;
  }

  private static Verdict of(
      String measure,
      double now,
      double before,
      String name,
      long sequences,
      long sequencesBefore) {
    double difference = now - before;
    double error = Math.sqrt(variance(now) / sequences + variance(before) / sequencesBefore);
    String figures =
        String.format(
            Locale.ROOT,
            "%s %.2f %% after %.2f %% in the last run, %s",
            measure.substring(0, measure.length() - EvaluationResult.ACCURACY.length()),
            now,
            before,
            name);
    if (Math.abs(difference) <= ERRORS * error) {
      return new Verdict(
          Tone.ALIKE,
          String.format(
              Locale.ROOT,
              "As good as the last run, as far as %,d test sequences can tell: %+.2f points (%s).",
              sequences,
              difference,
              figures));
    }
    return difference > 0
        ? new Verdict(
            Tone.BETTER,
            String.format(Locale.ROOT, "Better by %.2f points: %s.", difference, figures))
        : new Verdict(
            Tone.WORSE,
            String.format(Locale.ROOT, "Worse by %.2f points: %s.", -difference, figures));
  }

  /** Of a percentage, for one sequence. */
  private static double variance(double percent) {
    return percent * (100 - percent);
  }
}
