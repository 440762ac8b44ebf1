package dev.armature.job;

import dev.armature.evaluate.EvaluationProtocol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A comparison, read and checked as a whole.
 *
 * @param name of its files: the configuration file's, without {@code .conf}
 * @param title for people
 * @param folder where its table goes; its runs lie in {@link #RUNS} below
 * @param protocols what runs are measured by, at least one
 * @param cases names of the rows, in order
 * @param seeds of every case
 * @param cells every case with every seed, by seed, then by case, so that a comparison that is cut
 *     short has something of every case
 * @param cores of every worker
 */
record Comparison(
    String name,
    String title,
    String folder,
    Set<EvaluationProtocol> protocols,
    List<String> cases,
    List<Long> seeds,
    List<ComparisonCell> cells,
    int cores) {
  /** Name of the folder of the runs. */
  static final String RUNS = "runs";

  /** Copies the collections. */
  Comparison {
    protocols = Set.copyOf(protocols);
    cases = List.copyOf(cases);
    seeds = List.copyOf(seeds);
    cells = List.copyOf(cells);
  }

  /** The cells without those that come to the same run as one before. */
  List<ComparisonCell> distinctCells() {
    Map<String, ComparisonCell> byRun = new LinkedHashMap<>();
    cells.forEach(cell -> byRun.putIfAbsent(cell.run(), cell));
    return List.copyOf(byRun.values());
  }
}
