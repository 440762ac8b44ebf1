package dev.armature.report.page;

import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.EvaluationMap;
import dev.armature.evaluate.EvaluationResult;
import java.util.List;
import java.util.Optional;

/**
 * All that a report says of one run.
 *
 * @param name the last part of its folder's name
 * @param folder its whole path
 * @param summary what was trained, in a line
 * @param written when anything was last written down of it, to the minute; empty if unknown
 * @param verdict against the run before it
 * @param history its metrics
 * @param evaluation its figures, if it was evaluated
 * @param classes how each class fared, if that was written down
 * @param map what can be looked at, if that was written down
 * @param data the manifest of what it was trained on, if that can still be read
 * @param settings its configuration, key by key
 * @param provenance other facts, such as versions
 * @param remarks what is missing from the report, and how to get it
 */
public record RunReport(
    String name,
    String folder,
    String summary,
    String written,
    Verdict verdict,
    RunHistory history,
    Optional<EvaluationResult> evaluation,
    Optional<ClassResults> classes,
    Optional<EvaluationMap> map,
    Optional<Manifest> data,
    List<Setting> settings,
    List<Setting> provenance,
    List<String> remarks) {

  /** Copies the lists. */
  public RunReport {
    settings = List.copyOf(settings);
    provenance = List.copyOf(provenance);
    remarks = List.copyOf(remarks);
  }

  /**
   * A key and its value.
   *
   * @param key as in the configuration
   * @param value as text
   * @param changed whether it is not the default
   */
  public record Setting(String key, String value, boolean changed) {}

  /** Whether the last round is done. */
  public boolean finished() {
    return history.roundsDone() > 0 && history.roundsDone() >= history.roundsPlanned();
  }
}
