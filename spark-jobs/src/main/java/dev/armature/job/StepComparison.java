package dev.armature.job;

import dev.armature.report.Median;
import dev.armature.round.PhaseTimes;
import dev.armature.round.PhaseTimes.Phase;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times of steps of several variants that alternated, against the first variant's. A ratio is the
 * median over the rounds of what was measured next to each other, so that a machine that is slower
 * for a while does not make one variant look slower.
 */
final class StepComparison {
  private final List<String> names;
  private final List<List<PhaseTimes>> times = new ArrayList<>();

  StepComparison(List<String> names) {
    this.names = List.copyOf(names);
    names.forEach(name -> times.add(new ArrayList<>()));
  }

  /** Adds a variant's step; every round adds one to each. */
  void add(int variant, PhaseTimes step) {
    times.get(variant).add(step);
  }

  private double seconds(int variant) {
    return Median.of(times.get(variant).stream().map(PhaseTimes::total).toList());
  }

  private double seconds(int variant, Phase phase) {
    return Median.of(
        times.get(variant).stream().map(step -> step.seconds().getOrDefault(phase, 0.0)).toList());
  }

  private double ratio(int variant) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < times.get(variant).size(); round++) {
      ratios.add(times.get(variant).get(round).total() / times.get(0).get(round).total());
    }
    return Median.of(ratios);
  }

  /** A row for each variant: milliseconds by phase, medians. */
  void print(PrintStream out) {
    int width = names.stream().mapToInt(String::length).max().orElse(0);
    StringBuilder head = new StringBuilder(" ".repeat(width));
    for (Phase phase : Phase.values()) {
      head.append(String.format(Locale.ROOT, "  %9s", label(phase)));
    }
    out.printf(Locale.ROOT, "%s  %9s  %6s%n", head, "ms/step", "ratio");
    for (int variant = 0; variant < names.size(); variant++) {
      StringBuilder row = new StringBuilder(names.get(variant));
      row.append(" ".repeat(width - row.length()));
      for (Phase phase : Phase.values()) {
        row.append(String.format(Locale.ROOT, "  %9.1f", 1e3 * seconds(variant, phase)));
      }
      out.printf(Locale.ROOT, "%s  %9.1f  %6.3f%n", row, 1e3 * seconds(variant), ratio(variant));
    }
  }

  /** The same for machines, in seconds. */
  List<Map<String, Object>> result() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int variant = 0; variant < names.size(); variant++) {
      Map<String, Double> phases = new LinkedHashMap<>();
      for (Phase phase : Phase.values()) {
        phases.put(label(phase), seconds(variant, phase));
      }
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("variant", names.get(variant));
      row.put("secondsPerStep", seconds(variant));
      row.put("ratio", ratio(variant));
      row.put("phases", phases);
      rows.add(row);
    }
    return rows;
  }

  private static String label(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }
}
