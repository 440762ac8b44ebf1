package dev.armature.report.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.armature.evaluate.EvaluationMap;
import dev.armature.evaluate.EvaluationResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The numbers that the page's charts are drawn from, as JSON. */
final class ChartData {
  /** A screen has fewer digits. */
  private static final MathContext DIGITS = new MathContext(5);

  /** What runs are compared by; of one run everything is shown. */
  private static final Set<String> COMPARED =
      Set.of("loss.total", "learning-rate", "sequences-per-second", "workers");

  private static final ObjectMapper JSON = new ObjectMapper();

  private ChartData() {}

  /** JSON that may stand within an HTML element: it has no {@code <}. */
  static String json(List<RunReport> runs) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode all = root.putArray("runs");
    for (RunReport run : runs) {
      ObjectNode object = all.addObject();
      object.put("name", run.name());
      boolean alone = runs.size() == 1;
      curves(object.putObject("steps"), run.history().steps(), alone);
      curves(object.putObject("rounds"), run.history().rounds(), alone);
      evaluations(object.putArray("evaluations"), run.history().evaluations());
      run.evaluation().ifPresent(result -> figures(object.putObject("figures"), result));
    }
    if (runs.size() == 1) {
      runs.get(0).map().ifPresent(map -> map(root.putObject("map"), map, names(runs.get(0))));
      runs.get(0).classes().ifPresent(classes -> confusion(root.putObject("confusion"), classes));
    }
    try {
      return JSON.writeValueAsString(root).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts always make JSON", e);
    }
  }

  private static List<String> names(RunReport run) {
    return run.data().map(data -> data.classes().names()).orElse(List.of());
  }

  private static void curves(ObjectNode to, Map<String, BoundedSeries> curves, boolean everything) {
    curves.forEach(
        (key, series) -> {
          if (everything || COMPARED.contains(key)) {
            ObjectNode curve = to.putObject(key);
            numbers(curve.putArray("x"), series.places());
            numbers(curve.putArray("y"), series.values());
            curve.put("each", series.valuesAPoint());
          }
        });
  }

  private static void numbers(ArrayNode to, double[] values) {
    for (double value : values) {
      to.add(rounded(value));
    }
  }

  private static BigDecimal rounded(double value) {
    return new BigDecimal(value).round(DIGITS).stripTrailingZeros();
  }

  private static void evaluations(ArrayNode to, List<RunHistory.Evaluated> evaluations) {
    for (RunHistory.Evaluated evaluated : evaluations) {
      ObjectNode object = to.addObject();
      object.put("epoch", evaluated.epoch());
      evaluated.figures().forEach((key, percent) -> object.put(key, rounded(percent)));
    }
  }

  private static void figures(ObjectNode to, EvaluationResult result) {
    for (String key : result.values().keySet()) {
      result.percent(key).ifPresent(percent -> to.put(key, rounded(percent)));
    }
  }

  private static void map(ObjectNode to, EvaluationMap map, List<String> names) {
    ArrayNode classes = to.putArray("classes");
    int count = map.points().stream().mapToInt(EvaluationMap.MapPoint::label).max().orElse(-1) + 1;
    for (int label = 0; label < count; label++) {
      classes.add(label < names.size() ? names.get(label) : "class " + label);
    }
    ArrayNode points = to.putArray("points");
    for (EvaluationMap.MapPoint point : map.points()) {
      points
          .addArray()
          .add(rounded(point.x()))
          .add(rounded(point.y()))
          .add(point.label())
          .add(point.id());
    }
  }

  private static void confusion(ObjectNode to, ClassResults results) {
    ArrayNode classes = to.putArray("classes");
    results.classes().forEach(classes::add);
    to.put("foremost", results.foremost());
    ObjectNode measures = to.putObject("measures");
    results
        .measures()
        .forEach(
            (name, measure) -> {
              ArrayNode cells = measures.putArray(name);
              for (ClassResults.Cell cell : measure.cells()) {
                cells.addArray().add(cell.actual()).add(cell.predicted()).add(cell.count());
              }
            });
  }
}
