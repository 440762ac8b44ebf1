package dev.armature.report.page;

import dev.armature.evaluate.EvaluationMap;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.commons.lang3.time.DurationFormatUtils;

/** What the template shows of runs, as maps and records that it can read. */
final class PageModel {
  /** Phases shorter than this share of a round are of no interest. */
  private static final double LEAST_SHARE = 0.001;

  private PageModel() {}

  /**
   * A figure to be seen at once.
   *
   * @param name of the figure
   * @param value with its unit
   * @param note in small print
   */
  public record Tile(String name, String value, String note) {}

  /**
   * A phase of the rounds.
   *
   * @param name of the phase
   * @param seconds in all rounds
   * @param percent of all time
   */
  public record Phase(String name, String seconds, String percent) {}

  /**
   * A drawn sequence.
   *
   * @param id of the sequence
   * @param className its action
   * @param same whether it is the query's
   * @param similarity to the query; empty for the query itself
   * @param drawing its poses
   */
  public record Drawn(
      String id, String className, boolean same, String similarity, StickFigures drawing) {}

  /**
   * A key in which runs differ.
   *
   * @param key of the configuration
   * @param values by run; empty where a run does not have it
   */
  public record Difference(String key, List<String> values) {}

  /** What is the same for one run and for several. */
  static Map<String, Object> common(List<RunReport> runs) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("runs", runs);
    Map<String, EvaluationResult> evaluated = new LinkedHashMap<>();
    runs.forEach(run -> run.evaluation().ifPresent(result -> evaluated.put(run.name(), result)));
    if (!evaluated.isEmpty()) {
      model.put(
          "figures",
          runs.size() == 1
              ? FigureTable.of(evaluated.values().iterator().next())
              : FigureTable.of(evaluated));
    }
    return model;
  }

  /** What only the page of several runs has. */
  static void several(List<RunReport> runs, Map<String, Object> model) {
    SideBySide settings = new SideBySide(runs.size());
    for (int run = 0; run < runs.size(); run++) {
      for (List<RunReport.Setting> some :
          List.of(runs.get(run).settings(), runs.get(run).provenance())) {
        for (RunReport.Setting setting : some) {
          settings.put(setting.key(), run, setting.value());
        }
      }
    }
    model.put(
        "differences",
        settings.rows().entrySet().stream()
            // Every run has a folder of its own.
            .filter(row -> !row.getKey().equals("output.dir"))
            .filter(row -> row.getValue().stream().distinct().count() > 1)
            .sorted(Map.Entry.comparingByKey())
            .map(row -> new Difference(row.getKey(), row.getValue()))
            .toList());
  }

  /** What only the page of a single run has. */
  static void single(RunReport run, Map<String, Object> model) {
    model.put("tiles", tiles(run));
    model.put("roundPhases", phases(run.history(), "seconds.driver."));
    model.put("workerPhases", phases(run.history(), "seconds.worker."));
    model.put("besidePhases", phases(run.history(), "seconds.beside."));
    run.history().lastEvaluation().ifPresent(last -> model.put("measured", last));
    run.data().ifPresent(data -> model.put("data", data));
    run.evaluation().ifPresent(result -> model.put("facts", facts(result)));
    run.classes()
        .ifPresent(
            results -> {
              model.put("measures", List.copyOf(results.measures().keySet()));
              model.put("classes", ClassList.of(results));
            });
    run.map()
        .ifPresent(
            map -> {
              model.put("map", map);
              model.put("retrievals", retrievals(map));
              model.put("mistaken", mistaken(map));
            });
  }

  private static List<Tile> tiles(RunReport run) {
    RunHistory history = run.history();
    List<Tile> tiles = new ArrayList<>();
    run.evaluation()
        .ifPresent(
            result ->
                Stream.of(EvaluationProtocol.KNN, EvaluationProtocol.LINEAR)
                    .flatMap(protocol -> result.foremost(protocol).stream())
                    .forEach(key -> tiles.add(accuracy(result, key))));
    if (history.roundsDone() > 0) {
      double seconds = history.sum("seconds");
      tiles.add(
          new Tile(
              "epoch",
              Long.toString(history.epoch()),
              String.format(
                  Locale.ROOT,
                  "%,d steps, %,d rounds",
                  history.stepsDone(),
                  history.roundsDone())));
      tiles.add(
          new Tile(
              "sequences a second",
              String.format(Locale.ROOT, "%,.0f", history.sum("sequences") / seconds),
              String.format(Locale.ROOT, "%,.0f in all", history.sum("sequences"))));
      tiles.add(
          new Tile(
              "training time",
              DurationFormatUtils.formatDuration(Math.round(seconds * 1000), "H:mm:ss"),
              "rounds alone"));
    }
    run.data()
        .ifPresent(
            data ->
                tiles.add(
                    new Tile(
                        "set aside",
                        String.format(Locale.ROOT, "%,d", data.setAside().total()),
                        String.format(
                            Locale.ROOT, "of %,d recordings", data.source().recordings()))));
    return tiles;
  }

  private static Tile accuracy(EvaluationResult result, String key) {
    OptionalDouble random = result.percent(EvaluationResult.RANDOM_WEIGHTS + key);
    return new Tile(
        key.substring(0, key.length() - EvaluationResult.ACCURACY.length()).replace('.', ' '),
        String.format(Locale.ROOT, "%.2f %%", result.percent(key).orElseThrow()),
        random.isPresent()
            ? String.format(Locale.ROOT, "random weights %.2f %%", random.getAsDouble())
            : "");
  }

  private static List<Phase> phases(RunHistory history, String prefix) {
    double all = history.seconds();
    List<Phase> phases = new ArrayList<>();
    for (String key : history.sums().keySet()) {
      double seconds = history.sum(key);
      if (key.startsWith(prefix) && seconds > LEAST_SHARE * all) {
        phases.add(
            new Phase(
                key.substring(prefix.length()),
                String.format(Locale.ROOT, "%,.1f", seconds),
                String.format(Locale.ROOT, "%.1f", 100 * seconds / all)));
      }
    }
    return phases;
  }

  private static List<RunReport.Setting> facts(EvaluationResult result) {
    return result.values().entrySet().stream()
        .filter(entry -> !(entry.getValue() instanceof Double))
        .map(
            entry -> new RunReport.Setting(entry.getKey(), String.valueOf(entry.getValue()), false))
        .toList();
  }

  /** How many of the sequences that are drawn find one of another class first. */
  private static long mistaken(EvaluationMap map) {
    return map.retrievals().stream()
        .filter(
            retrieval ->
                retrieval.neighbours().stream()
                    .limit(1)
                    .anyMatch(nearest -> nearest.label() != retrieval.query().label()))
        .count();
  }

  private static List<List<Drawn>> retrievals(EvaluationMap map) {
    List<List<Drawn>> all = new ArrayList<>();
    for (EvaluationMap.Retrieval retrieval : map.retrievals()) {
      List<Drawn> drawn = new ArrayList<>();
      drawn.add(drawn(retrieval.query(), retrieval.query(), "", map));
      for (EvaluationMap.Figure neighbour : retrieval.neighbours()) {
        drawn.add(
            drawn(
                neighbour,
                retrieval.query(),
                String.format(Locale.ROOT, "%.3f", neighbour.similarity()),
                map));
      }
      all.add(drawn);
    }
    return all;
  }

  private static Drawn drawn(
      EvaluationMap.Figure figure,
      EvaluationMap.Figure query,
      String similarity,
      EvaluationMap map) {
    return new Drawn(
        figure.id(),
        map.classes().get(figure.label()),
        figure.label() == query.label(),
        similarity,
        StickFigures.of(figure, map.bones()));
  }
}
