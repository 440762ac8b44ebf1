package dev.armature.report.page;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Texts of runs in columns, by row; empty where a run has none. Not thread-safe. */
final class SideBySide {
  private final int runs;
  private final Map<String, String[]> rows = new LinkedHashMap<>();

  /**
   * @param runs how many columns there are
   */
  SideBySide(int runs) {
    this.runs = runs;
  }

  /** Writes into a row, which is made where there is none. */
  void put(String row, int run, String text) {
    rows.computeIfAbsent(
                row,
                none -> {
                  String[] texts = new String[runs];
                  Arrays.fill(texts, "");
                  return texts;
                })[run] =
        text;
  }

  /** The rows, in the order in which they were first written into. */
  Map<String, List<String>> rows() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    rows.forEach((row, texts) -> all.put(row, List.of(texts)));
    return all;
  }
}
