package dev.armature.job;

import com.typesafe.config.ConfigValueFactory;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.report.MetricsFile;
import dev.armature.round.CarriedCheckpoint;
import dev.armature.round.CarriedStateLostException;
import dev.armature.round.Checkpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.Coordinator;
import dev.armature.round.DivergedException;
import dev.armature.round.ElasticWorkforce;
import dev.armature.round.NotWholeException;
import dev.armature.round.RoundReport;
import dev.armature.round.RoundSchedule;
import dev.armature.round.TrainingPlan;
import dev.armature.round.Workforce;
import java.io.IOException;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A run from where it stands to its last round, in its folder. Used by one thread; several runs may
 * go on side by side in one session.
 */
final class TrainingRun {
  /** So often a run goes back to the same checkpoint before it gives up. */
  private static final int ATTEMPTS = 3;

  private final SparkSession session;
  private final PreparedRun prepared;
  private final int runs;
  private final Consumer<String> say;
  private final RunStarter starter;
  private final CarriedCheckpoint carried;
  private final Workforce workforce;
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
   * Deals the data out; writes nothing yet.
   *
   * @param runs how many runs go on side by side in the session
   * @param say is told in a line what is waited for, and when the number of workers changes
   * @throws UserMistakeException if a worker does not get one batch
   */
  TrainingRun(SparkSession session, PreparedRun prepared, int runs, Consumer<String> say)
      throws IOException {
    this.session = session;
    this.prepared = prepared;
    this.runs = runs;
    this.say = say;
    settings = prepared.settings();
    manifest = prepared.manifest();
    plan = prepared.plan();
    folder = prepared.folder();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    carried = new CarriedCheckpoint(spark, plan, folder.patience());
    workforce =
        new ElasticWorkforce(
            spark,
            plan.round().workers(),
            settings.workforce().least(),
            settings.workforce().patience(),
            say);
    starter = prepared.starter(carried::requireWhole, session.sparkContext().hadoopConfiguration());
    start = whole(prepared.start());
    coordinator = coordinator();
    schedule = coordinator.schedule(start.state());
    stepsDone = stepsBefore();
    application = session.sparkContext().applicationId();
  }

  /** Executors look at the parts that they have written themselves. */
  private RunStart whole(RunStart found) throws IOException {
    try {
      carried.requireWhole(
          new Checkpoint(found.state(), plan.encoder(), plan.modalities(), found.provenance()));
      return found;
    } catch (NotWholeException broken) {
      return starter.find(true);
    }
  }

  private Coordinator coordinator() {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    try {
      return new Coordinator(
          spark,
          plan,
          SkeletonStore.read(session, settings.dataPath(), Split.TRAIN),
          runs,
          workforce);
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
    return stepsBefore(schedule, start.state().rounds());
  }

  private static long stepsBefore(RoundSchedule schedule, int rounds) {
    return rounds < schedule.rounds() ? schedule.round(rounds).firstStep() : schedule.steps();
  }

  /**
   * Trains to the last round. If what the workers carry is lost with all executors that had it, the
   * rounds since the newest checkpoint are done again.
   *
   * @param display is told of every round, on the calling thread
   * @throws IOException if the folder cannot be written to; says what is there and what to do
   */
  void train(Consumer<RoundReport> display) throws IOException {
    try {
      folder.checkpoints().setAsideNewerThan(start.state().rounds());
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
                ConfigValueFactory.fromAnyRef(plan.round().coresPerWorker()))
            .withValue(RunFolder.APPLICATION, ConfigValueFactory.fromAnyRef(application))
            .withValue(RunFolder.BEGUN, ConfigValueFactory.fromAnyRef(begun()))
            .withValue(RunFolder.DATA, ConfigValueFactory.fromAnyRef(manifest.checksum())));
    FolderGuide.write(folder);
    RunStart from = start;
    Coordinator leader = coordinator;
    int attempts = 0;
    while (!train(leader, from, display, attempts == ATTEMPTS)) {
      RunStart back = newestCheckpointOrStart();
      attempts = back.state().rounds() > from.state().rounds() ? 1 : attempts + 1;
      say.accept(
          "what the workers carry was lost with their executors; going back to %s, which gives the same numbers"
              .formatted(
                  back.state().rounds() == 0
                      ? "the start"
                      : folder.checkpoints().path(back.state().rounds()).getName()));
      folder.checkpoints().setAsideNewerThan(back.state().rounds());
      from = back;
      leader = coordinator();
    }
  }

  /** When the run was begun, by this call or by the one that it goes on from. */
  private String begun() throws IOException {
    return folder
        .readConfiguration()
        .filter(run -> run.hasPath(RunFolder.BEGUN))
        .map(run -> run.getString(RunFolder.BEGUN))
        .orElseGet(() -> Instant.now().toString());
  }

  /** What a run was started from need not be there any more. */
  private RunStart newestCheckpointOrStart() throws IOException {
    CheckpointStore checkpoints = folder.checkpoints();
    boolean none =
        folder
            .patience()
            .insist("look into", checkpoints.folder(), () -> checkpoints.rounds().isEmpty());
    return none ? start : starter.find(true);
  }

  /**
   * @param last whether there is no other attempt
   * @return whether the run has come to its end; if not, what the workers carry was lost
   */
  private boolean train(
      Coordinator leader, RunStart from, Consumer<RoundReport> display, boolean last)
      throws IOException {
    int rounds = from.state().rounds();
    RunMemory memory = memory(rounds, leader.schedule(from.state()).rounds());
    try (MetricsFile metrics =
            MetricsFile.open(folder.fileSystem(), folder.path(), rounds, folder.patience());
        LiveView live =
            LiveView.open(
                session.sparkContext(),
                prepared,
                rounds,
                stepsBefore(leader.schedule(from.state()), rounds))) {
      metrics.tell(live);
      RunRecorder recorder =
          new RunRecorder(
              metrics,
              report -> {
                stepsDone = report.round().firstStep() + report.round().steps();
                live.next(report.round().index() + 1);
                display.accept(report);
              },
              folder.checkpoints(),
              carried,
              settings.checkpoint(),
              plan.encoder(),
              plan.modalities(),
              from.provenance(),
              memory);
      try (EpochEvaluation evaluation =
          EpochEvaluation.of(session, settings, plan, manifest, metrics, workforce, say)) {
        evaluation.begin(from.state());
        leader.run(
            from.state(),
            (report, state) -> {
              evaluation.roundCompleted(report, state);
              recorder.roundCompleted(report, state);
            });
      } catch (DivergedException diverged) {
        DivergedException told = kept(diverged, recorder.goodCheckpoint());
        recorder.failed(told);
        throw told;
      } catch (CarriedStateLostException goesBack) {
        throw goesBack;
      } catch (RuntimeException failed) {
        recorder.failed(failed);
        throw failed;
      }
      metrics.finish();
      live.finish();
      return true;
    } catch (CarriedStateLostException lost) {
      if (last) {
        throw lost;
      }
      return false;
    }
  }

  /**
   * Asks of a run whose rounds are all done whether it ended well.
   *
   * @throws DivergedException if it did not
   */
  void requireSound() throws IOException {
    memory(start.state().rounds(), schedule.rounds());
  }

  /**
   * What is known of the rounds that are done; of a run that begins anew, nothing.
   *
   * @throws DivergedException if the run was ended for that in what is written down, also of rounds
   *     that are to be done again; nothing of that is changed
   */
  private RunMemory memory(int rounds, int last) throws IOException {
    if (rounds == 0) {
      // It may have another recipe than what was tried in the folder before.
      return RunMemory.empty(settings.guard(), plan);
    }
    RunMemory memory = RunMemory.recall(folder, settings.guard(), plan, rounds, last);
    if (memory.stopped().isPresent()) {
      throw kept(memory.stopped().get(), memory.good());
    }
    if (memory.missing() > 0 && settings.guard().factor() > 0) {
      say.accept(
          "%s has the losses of %d of the %d rounds that are done: the divergence guard compares with those alone"
              .formatted(
                  new Path(folder.path(), MetricsFile.NAME), rounds - memory.missing(), rounds));
    }
    return memory;
  }

  /**
   * Leaves the newest checkpoint from before a loss began to rise as the newest of all, for a run
   * that goes on, starts from it or evaluates it.
   */
  private String keep(OptionalInt good) throws IOException {
    if (good.isPresent()) {
      folder.checkpoints().setAsideNewerThan(good.getAsInt());
    }
    return goodCheckpoint(good);
  }

  /** That a file system refuses must not hide that the run has diverged. */
  private DivergedException kept(DivergedException diverged, OptionalInt good) {
    try {
      return diverged.keeping(keep(good));
    } catch (IOException unwritable) {
      DivergedException told =
          diverged.keeping(
              goodCheckpoint(good)
                  + "; those after it could not be set aside: "
                  + Failures.describe(unwritable));
      told.addSuppressed(unwritable);
      return told;
    }
  }

  private String goodCheckpoint(OptionalInt good) {
    return good.isPresent()
        ? "The last good checkpoint is " + folder.checkpoints().path(good.getAsInt())
        : "There is no checkpoint from before";
  }
}
