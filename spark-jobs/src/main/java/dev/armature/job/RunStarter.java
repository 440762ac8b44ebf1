package dev.armature.job;

import com.typesafe.config.Config;
import dev.armature.dataset.store.Manifest;
import dev.armature.round.Checkpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out where a run begins, and refuses what it must not go on from. Changes nothing.
 *
 * @param initial the run to start from, if any; looked into only where there is no checkpoint of
 *     the run's own
 * @param provenance of the run, without what it starts from
 * @param whole what must hold of a checkpoint for the run to go on from it
 */
record RunStarter(
    RunFolder folder,
    Settings settings,
    TrainingPlan plan,
    Manifest manifest,
    Optional<InitialRun> initial,
    Map<String, String> provenance,
    CheckpointStore.Check whole) {

  /**
   * @param resume whether to go on with what the folder holds
   * @throws UserMistakeException if the folder holds something that the run must not touch, or
   *     there is a checkpoint it cannot go on or start from
   */
  RunStart find(boolean resume) throws IOException {
    Optional<Config> run = folder.readConfiguration();
    if (!resume || run.isEmpty()) {
      requireEmpty(folder);
      return anew();
    }
    Optional<Checkpoint> newest = folder.newestCheckpoint(whole);
    return newest.isEmpty() ? anew() : resume(newest.get(), run.get());
  }

  /**
   * @throws UserMistakeException if there is something in the folder of a run that is to be new
   */
  static void requireEmpty(RunFolder folder) throws IOException {
    if (!folder.isEmpty()) {
      throw new UserMistakeException(
          "%s is not empty%s: give another output.dir, add --resume to go on with that run, or delete the folder"
              .formatted(
                  folder.path(),
                  folder.readConfiguration().isPresent()
                      ? ", it holds another run"
                      : " and holds no run"));
    }
  }

  private RunStart anew() throws IOException {
    return initial.isPresent()
        ? initial.get().start(settings, manifest, provenance)
        : new RunStart(TrainingState.initial(plan), provenance, "");
  }

  private RunStart resume(Checkpoint newest, Config run) throws IOException {
    Map<String, String> before = newest.provenance();
    requireTrainedHere(before);
    requireSame(before);
    requireSameStart(before, SettingsFile.text(run, InitialRun.FROM));
    String initialChecksum = before.get(Provenance.INITIAL_CHECKPOINT);
    return new RunStart(
        newest.state(),
        initialChecksum == null ? provenance : Provenance.startedFrom(initialChecksum, provenance),
        "");
  }

  private void requireTrainedHere(Map<String, String> before) {
    if (!before.containsKey(Provenance.DATA_CHECKSUM)) {
      throw new UserMistakeException(
          "the run in %s was imported, and there is nothing to resume: start a run of another output.dir from it (--set %s=%s)"
              .formatted(folder.path(), InitialRun.FROM, folder.path()));
    }
  }

  private void requireSame(Map<String, String> before) {
    if (!before.get(Provenance.DATA_CHECKSUM).equals(provenance.get(Provenance.DATA_CHECKSUM))) {
      throw new UserMistakeException(
          "the run in %s was trained on other data: %s with checksum %s, found %s with checksum %s"
              .formatted(
                  folder.path(),
                  before.get(Provenance.DATA),
                  before.get(Provenance.DATA_CHECKSUM),
                  provenance.get(Provenance.DATA),
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

  /** Another folder will do if it has the same checkpoint; the same folder may be gone by now. */
  private void requireSameStart(Map<String, String> before, String fromBefore) throws IOException {
    String from = settings.init().from();
    if (from.equals(fromBefore)) {
      return;
    }
    String checksum = before.get(Provenance.INITIAL_CHECKPOINT);
    if (checksum == null || initial.isEmpty() || !checksum.equals(initial.get().checksum())) {
      throw new UserMistakeException(
          "the run in %s started from something else:\n  - %s: was %s, now %s\nresume it with its own (--conf %s/run.conf), or give another output.dir"
              .formatted(
                  folder.path(),
                  InitialRun.FROM,
                  nameOrNotSet(fromBefore),
                  nameOrNotSet(from),
                  folder.path()));
    }
  }

  private static String nameOrNotSet(String from) {
    return from.isBlank() ? "not set" : from;
  }
}
