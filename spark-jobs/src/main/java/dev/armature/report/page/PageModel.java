package dev.armature.report.page;

import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.EvaluationMap;
import dev.armature.evaluate.EvaluationResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.commons.lang3.time.DurationFormatUtils;

/** What the template shows of runs, as maps and records that it can read. */
final class PageModel {
  private static final int WORST_CLASSES = 8;

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
    Map<String, String[]> values = new TreeMap<>();
    for (int run = 0; run < runs.size(); run++) {
      for (RunReport.Setting setting : runs.get(run).settings()) {
        values.computeIfAbsent(setting.key(), key -> emptyTexts(runs.size()))[run] =
            setting.value();
      }
    }
    model.put(
        "differences",
        values.entrySet().stream()
            .filter(entry -> Arrays.stream(entry.getValue()).distinct().count() > 1)
            .map(entry -> new Difference(entry.getKey(), List.of(entry.getValue())))
            .toList());
  }

  private static String[] emptyTexts(int count) {
    String[] texts = new String[count];
    Arrays.fill(texts, "");
    return texts;
  }

  /** What only the page of a single run has. */
  static void single(RunReport run, Map<String, Object> model) {
    model.put("tiles", tiles(run));
    model.put("roundPhases", phases(run.history(), "seconds.driver."));
    model.put("workerPhases", phases(run.history(), "seconds.worker."));
    run.data().ifPresent(data -> model.put("data", data));
    run.evaluation().ifPresent(result -> model.put("facts", facts(result)));
    run.classes()
        .ifPresent(
            results -> {
              ClassResults.Measure measure = results.measures().get(results.foremost());
              model.put("measures", List.copyOf(results.measures().keySet()));
              model.put("foremost", results.foremost());
              model.put("worst", measure.worst(results.classes(), WORST_CLASSES));
              model.put("mistakes", measure.mistakes(results.classes(), WORST_CLASSES));
            });
    run.map()
        .ifPresent(
            map -> {
              model.put("map", map);
              model.put("retrievals", retrievals(map, run.data()));
            });
  }

  private static List<Tile> tiles(RunReport run) {
    RunHistory history = run.history();
    List<Tile> tiles = new ArrayList<>();
    run.evaluation()
        .ifPresent(
            result -> {
              foremost(result, "knn.").ifPresent(tiles::add);
              foremost(result, "linear.").ifPresent(tiles::add);
            });
    if (history.roundsDone() > 0) {
      double seconds = history.sum("seconds");
      tiles.add(
          new Tile(
              "epoch",
              Long.toString(history.epoch()),
              String.format(
                  Locale.ROOT,
                  "%,d steps, round %,d of %,d",
                  history.stepsDone(),
                  history.roundsDone(),
                  history.roundsPlanned())));
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

  private static Optional<Tile> foremost(EvaluationResult result, String protocol) {
    String found = null;
    for (String key : result.values().keySet()) {
      if (key.startsWith(protocol)
          && key.endsWith(EvaluationResult.ACCURACY)
          && !key.contains(".best-epoch")
          && (found == null || key.contains("-stream"))) {
        found = key;
      }
    }
    if (found == null) {
      return Optional.empty();
    }
    String key = found;
    OptionalDouble random = result.percent(EvaluationResult.RANDOM_WEIGHTS + key);
    return Optional.of(
        new Tile(
            key.substring(0, key.length() - EvaluationResult.ACCURACY.length()).replace('.', ' '),
            String.format(Locale.ROOT, "%.2f %%", result.percent(key).orElseThrow()),
            random.isPresent()
                ? String.format(Locale.ROOT, "random weights %.2f %%", random.getAsDouble())
                : ""));
  }

  private static List<Phase> phases(RunHistory history, String prefix) {
    double all = history.sum("seconds");
    List<Phase> phases = new ArrayList<>();
    for (String key : history.rounds().keySet()) {
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

  private static List<List<Drawn>> retrievals(EvaluationMap map, Optional<Manifest> data) {
    List<String> names = data.map(found -> found.classes().names()).orElse(List.of());
    List<List<Drawn>> all = new ArrayList<>();
    for (EvaluationMap.Retrieval retrieval : map.retrievals()) {
      List<Drawn> drawn = new ArrayList<>();
      drawn.add(drawn(retrieval.query(), retrieval.query(), "", map, names));
      for (EvaluationMap.Figure neighbour : retrieval.neighbours()) {
        drawn.add(
            drawn(
                neighbour,
                retrieval.query(),
                String.format(Locale.ROOT, "%.3f", neighbour.similarity()),
                map,
                names));
      }
      all.add(drawn);
    }
    return all;
  }

  private static Drawn drawn(
      EvaluationMap.Figure figure,
      EvaluationMap.Figure query,
      String similarity,
      EvaluationMap map,
      List<String> names) {
    return new Drawn(
        figure.id(),
        figure.label() < names.size() ? names.get(figure.label()) : "class " + figure.label(),
        figure.label() == query.label(),
        similarity,
        StickFigures.of(figure, map.bones()));
  }
}
