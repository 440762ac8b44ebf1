package dev.armature.job;

import com.typesafe.config.ConfigValueFactory;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.report.MetricsFile;
import dev.armature.round.Coordinator;
import dev.armature.round.Patience;
import dev.armature.round.RoundReport;
import dev.armature.round.RoundSchedule;
import dev.armature.round.TrainingPlan;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A run from where it stands to its last round, in its folder. Used by one thread; several runs may
 * go on side by side in one session.
 */
final class TrainingRun {
  private final Settings settings;
  private final TrainingPlan plan;
  private final Manifest manifest;
  private final RunFolder folder;
  private final RunStart start;
  private final Coordinator coordinator;

  /**
   * Finds out where the run begins and deals the data out; writes nothing yet.
   *
   * @param settings {@code data.path} and {@code output.dir} are set
   * @param resume whether to go on with what the folder holds
   * @param runs how many runs go on side by side in the session
   * @throws UserMistakeException if settings, data, folder and machine do not go together
   */
  TrainingRun(SparkSession session, Settings settings, boolean resume, int runs)
      throws IOException {
    this.settings = settings;
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    manifest = Manifest.read(hadoop, settings.dataPath());
    int cores = Sessions.taskCores(session);
    plan = Plans.of(settings, manifest, cores);
    DriverMemory.require(plan, runs, Runtime.getRuntime().maxMemory());
    Map<String, String> provenance = Provenance.of(settings.config(), cores, manifest);
    folder =
        new RunFolder(
            settings.outputDir(),
            hadoop,
            new Patience(
                settings.checkpoint().patience(), line -> System.err.println("armature: " + line)));
    start =
        new RunStarter(
                folder,
                settings,
                plan,
                manifest,
                InitialRun.of(settings.init().from(), hadoop),
                provenance)
            .find(resume);
    coordinator = coordinator(session, plan, settings, runs);
  }

  private static Coordinator coordinator(
      SparkSession session, TrainingPlan plan, Settings settings, int runs) {
    try {
      return new Coordinator(
          JavaSparkContext.fromSparkContext(session.sparkContext()),
          plan,
          SkeletonStore.read(session, settings.dataPath(), Split.TRAIN),
          runs);
    } catch (IllegalArgumentException tooSmall) {
      throw new UserMistakeException(tooSmall.getMessage(), tooSmall);
    }
  }

  TrainingPlan plan() {
    return plan;
  }

  Manifest manifest() {
    return manifest;
  }

  RunFolder folder() {
    return folder;
  }

  RunStart start() {
    return start;
  }

  RoundSchedule schedule() {
    return coordinator.schedule();
  }

  /** Steps of a worker that are done before this run goes on. */
  long stepsBefore() {
    int rounds = start.state().rounds();
    return rounds < schedule().rounds() ? schedule().round(rounds).firstStep() : schedule().steps();
  }

  /**
   * Trains to the last round.
   *
   * @param display is told of every round, on the calling thread
   * @throws IOException if the folder cannot be written to; says what is there and what to do
   */
  void train(Consumer<RoundReport> display) throws IOException {
    try {
      record(display);
    } catch (IOException unwritable) {
      OptionalInt newest = folder.checkpoints().newestKnown();
      throw new IOException(
          "%s%n%s; make room or bring the file system back, then call the same command again, pretrain with --resume"
              .formatted(
                  Failures.describe(unwritable),
                  newest.isPresent()
                      ? "the newest whole checkpoint is "
                          + folder.checkpoints().path(newest.getAsInt())
                      : "there is no checkpoint yet"),
          unwritable);
    }
  }

  private void record(Consumer<RoundReport> display) throws IOException {
    folder.writeConfiguration(
        settings
            .config()
            .withValue(
                "round.cores-per-worker",
                ConfigValueFactory.fromAnyRef(plan.round().coresPerWorker())));
    try (MetricsFile metrics =
        MetricsFile.open(
            folder.fileSystem(), folder.path(), start.state().rounds(), folder.patience())) {
      coordinator.run(
          start.state(),
          new RunRecorder(
              metrics,
              display,
              folder.checkpoints(),
              settings.checkpoint(),
              schedule(),
              plan.encoder(),
              plan.modalities(),
              start.provenance()));
      metrics.finish();
    }
  }
}
