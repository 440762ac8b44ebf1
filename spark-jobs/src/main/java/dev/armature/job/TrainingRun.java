package dev.armature.job;

import com.typesafe.config.ConfigValueFactory;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.report.MetricsFile;
import dev.armature.round.Coordinator;
import dev.armature.round.ElasticWorkforce;
import dev.armature.round.RoundReport;
import dev.armature.round.RoundSchedule;
import dev.armature.round.TrainingPlan;
import java.io.IOException;
import java.util.Map;
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
  private final String application;
  private final TrainingPlan plan;
  private final Manifest manifest;
  private final RunFolder folder;
  private final RunStart start;
  private final Coordinator coordinator;
  private final RoundSchedule schedule;
  private long stepsDone;

  /**
   * Finds out where the run begins and deals the data out; writes nothing yet.
   *
   * @param settings {@code data.path} and {@code output.dir} are set
   * @param resume whether to go on with what the folder holds, even if it was not this very
   *     application that began it
   * @param runs how many runs go on side by side in the session
   * @param say is told in a line what is waited for, and when the number of workers changes
   * @throws UserMistakeException if settings, data, folder and machine do not go together
   */
  TrainingRun(
      SparkSession session, Settings settings, boolean resume, int runs, Consumer<String> say)
      throws IOException {
    this.settings = settings;
    application = session.sparkContext().applicationId();
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    manifest = Manifest.read(hadoop, settings.dataPath());
    int cores = Sessions.taskCores(session);
    plan = Plans.of(settings, manifest, cores);
    DriverMemory.require(plan, runs, Runtime.getRuntime().maxMemory());
    Map<String, String> provenance = Provenance.of(settings.config(), cores, manifest);
    folder = new RunFolder(settings.outputDir(), hadoop);
    start =
        new RunStarter(
                folder,
                settings,
                plan,
                manifest,
                InitialRun.of(settings.init().from(), hadoop),
                provenance)
            // A cluster starts a driver again that it lost, with the same words.
            .find(resume || folder.wasBegunBy(application));
    coordinator = coordinator(session, plan, settings, runs, say);
    schedule = coordinator.schedule(start.state());
    stepsDone = stepsBefore();
  }

  private static Coordinator coordinator(
      SparkSession session, TrainingPlan plan, Settings settings, int runs, Consumer<String> say) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    try {
      return new Coordinator(
          spark,
          plan,
          SkeletonStore.read(session, settings.dataPath(), Split.TRAIN),
          runs,
          new ElasticWorkforce(
              spark,
              plan.round().workers(),
              settings.workforce().least(),
              settings.workforce().patience(),
              say));
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

  /** The rounds of the run, for the workers there are when it begins. */
  RoundSchedule schedule() {
    return schedule;
  }

  /** Steps of a worker in this run so far. */
  long stepsDone() {
    return stepsDone;
  }

  /** Steps of a worker that are done before this run goes on. */
  long stepsBefore() {
    int rounds = start.state().rounds();
    return rounds < schedule.rounds() ? schedule.round(rounds).firstStep() : schedule.steps();
  }

  /**
   * Trains to the last round.
   *
   * @param display is told of every round, on the calling thread
   */
  void train(Consumer<RoundReport> display) throws IOException {
    folder.writeConfiguration(
        settings
            .config()
            .withValue(
                "round.cores-per-worker",
                ConfigValueFactory.fromAnyRef(plan.round().coresPerWorker()))
            .withValue(RunFolder.APPLICATION, ConfigValueFactory.fromAnyRef(application)));
    try (MetricsFile metrics =
        MetricsFile.open(folder.fileSystem(), folder.path(), start.state().rounds())) {
      coordinator.run(
          start.state(),
          new RunRecorder(
              metrics,
              report -> {
                stepsDone = report.round().firstStep() + report.round().steps();
                display.accept(report);
              },
              folder.checkpoints(),
              settings.checkpoint(),
              plan.encoder(),
              plan.modalities(),
              start.provenance()));
    }
  }
}
