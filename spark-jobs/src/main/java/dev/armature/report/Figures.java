package dev.armature.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** The numbers in a line of a run's metrics. */
final class Figures {
  private Figures() {}

  /**
   * The numbers of a line by their keys, in its order, without those that say where in the run it
   * stands.
   */
  static Map<String, Double> of(Map<String, Object> line) {
    Map<String, Double> figures = new LinkedHashMap<>();
    line.forEach(
        (key, value) -> {
          if (value instanceof Number number && !key.equals("round") && !key.equals("step")) {
            figures.put(key, number.doubleValue());
          }
        });
    return figures;
  }

  /** What kind of line it is: {@code step}, {@code round}, {@code checkpoint} and the like. */
  static String type(Map<String, Object> line) {
    return String.valueOf(line.get("type"));
  }
}
