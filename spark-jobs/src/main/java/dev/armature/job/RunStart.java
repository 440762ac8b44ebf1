package dev.armature.job;

import dev.armature.round.Checkpoint;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Where a run begins: at the start, or after its newest checkpoint.
 *
 * @param state what the first round begins with
 */
record RunStart(TrainingState state) {

  /**
   * @throws UserMistakeException if the folder holds something that the run must not touch, or a
   *     checkpoint it cannot go on from
   */
  static RunStart find(
      RunFolder folder, boolean resume, TrainingPlan plan, Map<String, String> provenance)
      throws IOException {
    boolean run = folder.readConfiguration().isPresent();
    if (!resume || !run) {
      if (!folder.isEmpty()) {
        throw new UserMistakeException(
            "%s is not empty%s: give another output.dir, add --resume to go on with that run, or delete the folder"
                .formatted(folder.path(), run ? ", it holds another run" : " and holds no run"));
      }
      return new RunStart(TrainingState.initial(plan));
    }
    Optional<Checkpoint> newest =
        folder.checkpoints().latest(line -> System.err.println("armature: " + line));
    if (newest.isEmpty()) {
      return new RunStart(TrainingState.initial(plan));
    }
    requireSame(newest.get(), provenance, folder);
    folder.checkpoints().setAsideNewerThan(newest.get().state().rounds());
    return new RunStart(newest.get().state());
  }

  private static void requireSame(
      Checkpoint checkpoint, Map<String, String> provenance, RunFolder folder) {
    Map<String, String> before = checkpoint.provenance();
    if (!before.get(Provenance.DATA_CHECKSUM).equals(provenance.get(Provenance.DATA_CHECKSUM))) {
      throw new UserMistakeException(
          "the run in %s was trained on other data: %s with checksum %s, found %s with checksum %s"
              .formatted(
                  folder.path(),
                  before.get("data"),
                  before.get(Provenance.DATA_CHECKSUM),
                  provenance.get("data"),
                  provenance.get(Provenance.DATA_CHECKSUM)));
    }
    String differences =
        ConfigDifferences.between(
            before.get(Provenance.CONFIGURATION), provenance.get(Provenance.CONFIGURATION));
    if (!differences.isEmpty()) {
      throw new UserMistakeException(
          "the run in %s has another configuration:\n%s\nresume it with its own (--conf %s/run.conf), or give another output.dir"
              .formatted(folder.path(), differences, folder.path()));
    }
  }
}
