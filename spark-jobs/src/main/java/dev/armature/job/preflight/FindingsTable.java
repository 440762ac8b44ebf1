package dev.armature.job.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.WordUtils;

/** Findings for people: a table, and below it what to set. Lines are at most 98 characters long. */
public final class FindingsTable {
  private static final int[] WIDTHS = {20, 38, 26, 7};
  private static final String GAP = "  ";
  private static final int LINE = 98;

  private FindingsTable() {}

  /** The table, ending with a line break. */
  public static String text(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    row(text, "check", "found", "needed", "verdict");
    text.append("-".repeat(WIDTHS[0]));
    for (int column = 1; column < WIDTHS.length; column++) {
      text.append(GAP).append("-".repeat(WIDTHS[column]));
    }
    text.append('\n');
    for (Finding finding : findings) {
      row(text, finding.check(), finding.found(), finding.needed(), label(finding.verdict()));
    }
    for (Verdict verdict : List.of(Verdict.FAIL, Verdict.WARNING)) {
      List<Finding> of = findings.stream().filter(each -> each.verdict() == verdict).toList();
      if (!of.isEmpty()) {
        text.append(verdict == Verdict.FAIL ? "\nWhat would fail:\n" : "\nWhat to know:\n");
        of.forEach(each -> remedy(text, each));
      }
    }
    return text.toString();
  }

  private static String label(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  private static void remedy(StringBuilder text, Finding finding) {
    String said = finding.remedy().isEmpty() ? finding.found() : finding.remedy();
    String all = "%s: %s.".formatted(finding.check(), said);
    String[] lines = WordUtils.wrap(all, LINE - 4, "\n", false).split("\n", -1);
    text.append("  - ").append(String.join("\n    ", lines)).append('\n');
  }

  private static void row(StringBuilder text, String... cells) {
    List<String[]> wrapped = new ArrayList<>();
    int height = 1;
    for (int column = 0; column < cells.length; column++) {
      String[] lines = wrap(cells[column], WIDTHS[column]);
      wrapped.add(lines);
      height = Math.max(height, lines.length);
    }
    for (int line = 0; line < height; line++) {
      StringBuilder one = new StringBuilder();
      for (int column = 0; column < cells.length; column++) {
        String[] lines = wrapped.get(column);
        String cell = line < lines.length ? lines[line] : "";
        one.append(column == 0 ? "" : GAP).append(cell);
        one.append(" ".repeat(Math.max(0, WIDTHS[column] - cell.length())));
      }
      text.append(one.toString().stripTrailing()).append('\n');
    }
  }

  /** Long paths are cut: nothing is lost where a word is longer than its column. */
  private static String[] wrap(String cell, int width) {
    return cell.lines()
        .map(line -> WordUtils.wrap(line, width, "\n", true))
        .reduce((a, b) -> a + "\n" + b)
        .orElse("")
        .split("\n", -1);
  }
}
