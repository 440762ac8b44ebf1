package dev.armature.job;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.round.CheckpointStore;
import dev.armature.round.Patience;
import dev.armature.round.RoundSchedule;
import dev.armature.round.TrainingPlan;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * Settings, data and what a run begins with, brought together and found to go with each other.
 * Nothing is written for it.
 *
 * @param start where the run begins
 */
record PreparedRun(
    Settings settings, Manifest manifest, TrainingPlan plan, RunFolder folder, RunStart start) {

  /**
   * Brings them together.
   *
   * @param settings {@code data.path} and {@code output.dir} are set
   * @param cores of a worker
   * @param resume whether to go on with what the folder holds
   * @throws UserMistakeException if they do not go together
   */
  static PreparedRun of(Settings settings, int cores, boolean resume, Configuration hadoop)
      throws IOException {
    Manifest manifest = Manifest.read(hadoop, settings.dataPath());
    return of(settings, manifest, Plans.of(settings, manifest, cores), resume, hadoop);
  }

  /** The same, of data that is known already. */
  static PreparedRun of(
      Settings settings, Manifest manifest, TrainingPlan plan, boolean resume, Configuration hadoop)
      throws IOException {
    RunFolder folder =
        new RunFolder(
            settings.outputDir(),
            hadoop,
            new Patience(settings.checkpoint().patience(), LoggedErrors::warn));
    RunStart start =
        starter(settings, manifest, plan, folder, checkpoint -> {}, hadoop).find(resume);
    return new PreparedRun(settings, manifest, plan, folder, start);
  }

  /**
   * Finds out anew where the run begins.
   *
   * @param whole what must hold of a checkpoint for the run to go on from it
   */
  RunStarter starter(CheckpointStore.Check whole, Configuration hadoop) throws IOException {
    return starter(settings, manifest, plan, folder, whole, hadoop);
  }

  private static RunStarter starter(
      Settings settings,
      Manifest manifest,
      TrainingPlan plan,
      RunFolder folder,
      CheckpointStore.Check whole,
      Configuration hadoop)
      throws IOException {
    return new RunStarter(
        folder,
        settings,
        plan,
        manifest,
        InitialRun.of(settings.init().from(), hadoop),
        Provenance.of(settings.config(), plan.round().coresPerWorker(), manifest),
        whole);
  }

  /**
   * The rounds of a run.
   *
   * @throws UserMistakeException if a worker would not get one batch
   */
  static RoundSchedule schedule(Manifest manifest, TrainingPlan plan) {
    int smallest = manifest.split(Split.TRAIN).sequences() / plan.round().workers();
    try {
      return new RoundSchedule(smallest, plan.train(), plan.round());
    } catch (IllegalArgumentException tooSmall) {
      throw new UserMistakeException(tooSmall.getMessage(), tooSmall);
    }
  }
}
