package dev.armature.report;

import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The figures of a comparison: a row a case, and below them the baselines that need no training.
 *
 * @param measures keys of accuracies and of mean average precisions in {@code evaluation.json},
 *     such as {@code knn.joint.top1}, in their order there; by protocol, those of several streams
 *     together last
 * @param rows by case
 * @param baselines random weights and geometry
 */
public record ComparisonTable(List<String> measures, List<Row> rows, List<Row> baselines) {
  private static final String GEOMETRIC = "geometric.knn" + EvaluationResult.ACCURACY;
  private static final String SEVERAL_STREAMS = "-stream.";
  private static final String BEST_EPOCH = ".best-epoch" + EvaluationResult.ACCURACY;

  /**
   * A row.
   *
   * @param name of the case or the baseline
   * @param accuracies by measure, in percent; without those that were not measured
   * @param secondsPerStep over the runs; empty of a baseline
   * @param relativeTime of a step, the first case's being 1; NaN where one of them is not known
   * @param runs how many are finished
   */
  public record Row(
      String name,
      Map<String, Sample> accuracies,
      Optional<Sample> secondsPerStep,
      double relativeTime,
      int runs) {

    /**
     * The measure of all of this row's streams together by a protocol; empty if it was not
     * measured.
     */
    Optional<String> combined(EvaluationProtocol protocol) {
      return ComparisonTable.combined(List.copyOf(accuracies.keySet()), protocol);
    }
  }

  /** Copies the lists. */
  public ComparisonTable {
    measures = List.copyOf(measures);
    rows = List.copyOf(rows);
    baselines = List.copyOf(baselines);
  }

  /**
   * The table of some runs.
   *
   * @param cases names of the cases, in order
   * @param protocols whose accuracies are wanted
   * @param runs of these cases; those that are not finished do not count
   */
  public static ComparisonTable of(
      List<String> cases, Set<EvaluationProtocol> protocols, Collection<ComparedRun> runs) {
    List<ComparedRun> finished = runs.stream().filter(run -> run.evaluation().isPresent()).toList();
    List<String> measures = measures(protocols, finished);
    List<Row> rows = new ArrayList<>();
    double first = Double.NaN;
    for (String one : cases) {
      List<ComparedRun> own = finished.stream().filter(run -> run.caseName().equals(one)).toList();
      Optional<Sample> seconds =
          sample(own.stream().flatMap(run -> run.secondsPerStep().stream().boxed()).toList());
      double mean = seconds.map(Sample::mean).orElse(Double.NaN);
      first = rows.isEmpty() ? mean : first;
      rows.add(new Row(one, accuracies(measures, "", own), seconds, mean / first, own.size()));
    }
    List<Row> baselines = new ArrayList<>(random(measures, finished));
    geometric(rows, finished).ifPresent(baselines::add);
    return new ComparisonTable(measures, rows, baselines);
  }

  private static List<String> measures(
      Set<EvaluationProtocol> protocols, List<ComparedRun> finished) {
    List<EvaluationResult> results =
        finished.stream().map(run -> run.evaluation().orElseThrow()).toList();
    return protocols.stream()
        .sorted()
        .flatMap(
            protocol ->
                results.stream()
                    .flatMap(result -> measures(Set.of(protocol), result).stream())
                    .distinct()
                    // Stable. Cases of other modalities add columns of their own, and all streams
                    // together stand behind every single one.
                    .sorted(Comparator.comparing(ComparisonTable::ofSeveralStreams)))
        .toList();
  }

  /**
   * The accuracies of an evaluation that count: by stream, and after the last epoch where something
   * was trained; of retrieval its mean average precision.
   *
   * @return keys, in their order
   */
  public static List<String> measures(Set<EvaluationProtocol> protocols, EvaluationResult result) {
    return result.values().keySet().stream()
        .filter(key -> !key.endsWith(BEST_EPOCH))
        .filter(
            key ->
                key.endsWith(EvaluationResult.ACCURACY)
                    || key.endsWith(EvaluationResult.MEAN_AVERAGE_PRECISION))
        .filter(
            key -> protocols.stream().anyMatch(protocol -> key.startsWith(protocol.label() + ".")))
        .toList();
  }

  private static Map<String, Sample> accuracies(
      List<String> measures, String prefix, Collection<ComparedRun> runs) {
    Map<String, Sample> accuracies = new LinkedHashMap<>();
    for (String measure : measures) {
      sample(runs.stream().flatMap(run -> percent(run, prefix + measure).stream()).toList())
          .ifPresent(sample -> accuracies.put(measure, sample));
    }
    return accuracies;
  }

  private static Optional<Double> percent(ComparedRun run, String key) {
    return run.evaluation().orElseThrow().percent(key).stream().boxed().findFirst();
  }

  private static Optional<Sample> sample(List<Double> values) {
    return values.isEmpty() ? Optional.empty() : Optional.of(Sample.of(values));
  }

  /**
   * Cases with the same random weights share a row. Encoders that no case makes larger or sees
   * otherwise have the same, seed for seed, so that there is one row as a rule.
   */
  private static List<Row> random(List<String> measures, List<ComparedRun> finished) {
    Map<String, Map<Long, ComparedRun>> bySeed = new LinkedHashMap<>();
    for (ComparedRun run : finished) {
      bySeed.computeIfAbsent(run.caseName(), added -> new TreeMap<>()).put(run.seed(), run);
    }
    List<Map<Long, ComparedRun>> groups = new ArrayList<>();
    List<List<String>> names = new ArrayList<>();
    bySeed.forEach(
        (name, runs) -> {
          int group = 0;
          while (group < groups.size() && !sameRandom(measures, groups.get(group), runs)) {
            group++;
          }
          if (group == groups.size()) {
            groups.add(new TreeMap<>());
            names.add(new ArrayList<>());
          }
          runs.forEach(groups.get(group)::putIfAbsent);
          names.get(group).add(name);
        });
    List<Row> rows = new ArrayList<>();
    for (int group = 0; group < groups.size(); group++) {
      Map<Long, ComparedRun> runs = groups.get(group);
      String of = groups.size() == 1 ? "" : " (%s)".formatted(cases(group, names));
      rows.add(
          baseline(
              "random weights" + of,
              accuracies(measures, EvaluationResult.RANDOM_WEIGHTS, runs.values()),
              runs.size()));
    }
    return rows;
  }

  /** The names of a group's cases; of a group larger than every other, that it is the rest. */
  private static String cases(int group, List<List<String>> names) {
    int size = names.get(group).size();
    long asLarge = names.stream().filter(other -> other.size() >= size).count();
    return asLarge == 1 ? "all other cases" : String.join("; ", names.get(group));
  }

  private static boolean sameRandom(
      List<String> measures, Map<Long, ComparedRun> group, Map<Long, ComparedRun> runs) {
    return runs.entrySet().stream()
        .filter(run -> group.containsKey(run.getKey()))
        .allMatch(
            run ->
                measures.stream()
                    .map(measure -> EvaluationResult.RANDOM_WEIGHTS + measure)
                    .allMatch(
                        key ->
                            percent(group.get(run.getKey()), key)
                                .equals(percent(run.getValue(), key))));
  }

  /** Stands under the measure of all of a case's streams together, whose inputs it has. */
  private static Optional<Row> geometric(List<Row> rows, List<ComparedRun> finished) {
    Set<String> combined = new LinkedHashSet<>();
    rows.forEach(row -> row.combined(EvaluationProtocol.KNN).ifPresent(combined::add));
    // Learns nothing and knows no seed: one figure for one data set.
    List<Double> figures =
        finished.stream()
            .flatMap(run -> percent(run, GEOMETRIC).stream())
            .distinct()
            .sorted(Comparator.reverseOrder())
            .toList();
    if (combined.isEmpty() || figures.size() != 1) {
      return Optional.empty();
    }
    Map<String, Sample> accuracies = new LinkedHashMap<>();
    combined.forEach(measure -> accuracies.put(measure, Sample.of(figures)));
    return Optional.of(baseline("geometric nearest neighbour", accuracies, 1));
  }

  private static Row baseline(String name, Map<String, Sample> accuracies, int runs) {
    return new Row(name, accuracies, Optional.empty(), Double.NaN, runs);
  }

  private static boolean ofSeveralStreams(String measure) {
    return measure.contains(SEVERAL_STREAMS);
  }

  /** The measure of all streams of one case together by a protocol, which is its last. */
  public static Optional<String> combined(List<String> measures, EvaluationProtocol protocol) {
    return measures.stream()
        .filter(measure -> measure.startsWith(protocol.label() + "."))
        .reduce((before, last) -> last);
  }

  /** A measure for people: {@code kNN joint}, {@code retrieval joint mean average precision}. */
  public static String title(String measure) {
    String name =
        (measure.endsWith(EvaluationResult.ACCURACY)
                ? measure.substring(0, measure.length() - EvaluationResult.ACCURACY.length())
                : measure.replace("-average-precision", " average precision"))
            .replace('.', ' ');
    return name.startsWith("knn") ? "kNN" + name.substring(3) : name;
  }
}
