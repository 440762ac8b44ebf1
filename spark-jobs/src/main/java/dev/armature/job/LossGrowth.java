package dev.armature.job;

import dev.armature.report.Median;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the time of losses grows with the number of modalities M: medians, and the least-squares fit
 * of a·M + b·M² to them, which parts what grows in proportion from what grows with the square.
 */
final class LossGrowth {

  /**
   * Of one step.
   *
   * @param teach what the keys teach
   * @param learn losses and gradients of the queries
   */
  record Seconds(double teach, double learn) {}

  /**
   * The fit a·M + b·M².
   *
   * @param linear a
   * @param square b
   */
  record Fit(double linear, double square) {

    /** The fit to values at numbers of modalities, of which at least two differ. */
    static Fit of(List<Integer> modalities, List<Double> values) {
      double m2 = 0;
      double m3 = 0;
      double m4 = 0;
      double v1 = 0;
      double v2 = 0;
      for (int i = 0; i < values.size(); i++) {
        double m = modalities.get(i);
        m2 += m * m;
        m3 += m * m * m;
        m4 += m * m * m * m;
        v1 += m * values.get(i);
        v2 += m * m * values.get(i);
      }
      double determinant = m2 * m4 - m3 * m3;
      return new Fit((v1 * m4 - v2 * m3) / determinant, (v2 * m2 - v1 * m3) / determinant);
    }
  }

  private final List<String> names;
  private final List<Integer> modalities;
  private final List<List<Seconds>> measured = new ArrayList<>();

  LossGrowth(List<String> names, List<Integer> modalities) {
    this.names = List.copyOf(names);
    this.modalities = List.copyOf(modalities);
    for (int cell = 0; cell < names.size() * modalities.size(); cell++) {
      measured.add(new ArrayList<>());
    }
  }

  /** Adds a step of a variant at a place among the numbers of modalities. */
  void add(int variant, int place, Seconds step) {
    cell(variant, place).add(step);
  }

  private List<Seconds> cell(int variant, int place) {
    return measured.get(variant * modalities.size() + place);
  }

  private double teach(int variant, int place) {
    return Median.of(cell(variant, place).stream().map(Seconds::teach).toList());
  }

  private double all(int variant, int place) {
    return Median.of(
        cell(variant, place).stream().map(step -> step.teach() + step.learn()).toList());
  }

  private Fit fit(int variant) {
    List<Double> values = new ArrayList<>();
    for (int place = 0; place < modalities.size(); place++) {
      values.add(all(variant, place));
    }
    return Fit.of(modalities, values);
  }

  /** A row for each variant and number of modalities, and the variant's fit. */
  void print(PrintStream out) {
    for (int variant = 0; variant < names.size(); variant++) {
      if (!names.get(variant).isEmpty()) {
        out.println(names.get(variant));
      }
      out.printf(Locale.ROOT, "  %10s  %8s  %8s%n", "modalities", "teachers", "all");
      for (int place = 0; place < modalities.size(); place++) {
        out.printf(
            Locale.ROOT,
            "  %10d  %8.1f  %8.1f%n",
            modalities.get(place),
            1e3 * teach(variant, place),
            1e3 * all(variant, place));
      }
      Fit fit = fit(variant);
      out.printf(Locale.ROOT, "  all = %.2f M + %.2f M²%n", 1e3 * fit.linear(), 1e3 * fit.square());
    }
  }

  /** The same for machines, in seconds. */
  List<Map<String, Object>> result() {
    List<Map<String, Object>> variants = new ArrayList<>();
    for (int variant = 0; variant < names.size(); variant++) {
      List<Double> teach = new ArrayList<>();
      List<Double> all = new ArrayList<>();
      for (int place = 0; place < modalities.size(); place++) {
        teach.add(teach(variant, place));
        all.add(all(variant, place));
      }
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("variant", names.get(variant));
      row.put("modalities", modalities);
      row.put("teachers", teach);
      row.put("all", all);
      row.put("linear", fit(variant).linear());
      row.put("square", fit(variant).square());
      variants.add(row);
    }
    return variants;
  }
}
