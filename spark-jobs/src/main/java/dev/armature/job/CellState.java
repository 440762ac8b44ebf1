package dev.armature.job;

import com.typesafe.config.Config;
import dev.armature.evaluate.EvaluationFile;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/**
 * How far a run of a comparison is, by what its folder holds.
 *
 * @param rounds of its newest checkpoint, 0 without one
 * @param trained whether that is the last
 * @param evaluation of that checkpoint by the settings and protocols of the comparison; empty if
 *     there is none
 * @param hindrance why nothing can be done in this folder; empty if something can
 */
record CellState(
    int rounds, boolean trained, Optional<EvaluationResult> evaluation, String hindrance) {

  private static final CellState NEW = new CellState(0, false, Optional.empty(), "");

  /**
   * Looks into the folder of a run and changes nothing.
   *
   * @param protocols by which it is to be measured
   */
  static CellState of(ComparisonCell cell, Set<EvaluationProtocol> protocols, Configuration hadoop)
      throws IOException {
    RunFolder folder = new RunFolder(cell.settings().outputDir(), hadoop);
    Optional<Config> stored = folder.readConfiguration();
    if (stored.isEmpty()) {
      return folder.isEmpty()
          ? NEW
          : hindered("%s is not empty and holds no run".formatted(folder.path()));
    }
    int cores = cell.plan().round().coresPerWorker();
    String differences =
        ConfigDifferences.between(
            numbers(stored.get(), cores), numbers(cell.settings().config(), cores));
    if (!differences.isEmpty()) {
      return hindered(
          "%s holds a run of another configuration:%n%s".formatted(folder.path(), differences));
    }
    List<Integer> checkpoints = folder.checkpoints().rounds();
    int rounds = checkpoints.isEmpty() ? 0 : checkpoints.get(checkpoints.size() - 1);
    boolean trained = rounds >= cell.rounds();
    return new CellState(
        rounds,
        trained,
        trained ? evaluation(folder, rounds, cell, protocols, hadoop) : Optional.empty(),
        "");
  }

  private static CellState hindered(String why) {
    return new CellState(
        0, false, Optional.empty(), why + "; delete the folder, or give another output.dir");
  }

  private static String numbers(Config config, int cores) {
    return SettingsFile.render(
        Provenance.numbers(config.withoutPath(SettingsFile.VERSIONS), cores));
  }

  private static Optional<EvaluationResult> evaluation(
      RunFolder folder,
      int rounds,
      ComparisonCell cell,
      Set<EvaluationProtocol> protocols,
      Configuration hadoop)
      throws IOException {
    String checkpoint = folder.checkpoints().checksum(rounds);
    String fingerprint = RunEvaluation.fingerprint(cell.settings(), cell.manifest());
    return EvaluationFile.read(RunEvaluation.file(folder), hadoop)
        .filter(found -> checkpoint.equals(found.values().get(RunEvaluation.CHECKPOINT)))
        .filter(found -> fingerprint.equals(found.values().get(RunEvaluation.FINGERPRINT)))
        .filter(found -> found.protocols().containsAll(protocols));
  }

  boolean done() {
    return evaluation.isPresent();
  }

  /** For people. */
  String text(ComparisonCell cell) {
    if (!hindrance.isEmpty()) {
      return hindrance;
    }
    if (done()) {
      return "done";
    }
    if (trained) {
      return "trained, to be evaluated";
    }
    return rounds == 0
        ? "to be trained"
        : "trained for %d of %d rounds".formatted(rounds, cell.rounds());
  }
}
