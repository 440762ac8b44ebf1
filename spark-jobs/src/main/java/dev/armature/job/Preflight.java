package dev.armature.job;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Nd4jCudaSupport;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.MonitorMemory;
import dev.armature.job.preflight.AcceleratorCheck;
import dev.armature.job.preflight.CheckpointSpaceCheck;
import dev.armature.job.preflight.ClusterCheck;
import dev.armature.job.preflight.DriverMemoryCheck;
import dev.armature.job.preflight.ExecutorFilesCheck;
import dev.armature.job.preflight.ExecutorMemoryCheck;
import dev.armature.job.preflight.Finding;
import dev.armature.job.preflight.OutputFolderCheck;
import dev.armature.job.preflight.SparkLayout;
import dev.armature.job.preflight.TaskSizeCheck;
import dev.armature.job.preflight.Verdict;
import dev.armature.round.RoundMemory;
import dev.armature.round.RoundSchedule;
import dev.armature.round.TrafficModel;
import dev.armature.round.TrainingPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * What is looked at before a run's work, in two parts: what needs no Spark session, and what does.
 * Where the driver is to run in a cluster, most of the first part is looked at before it is asked
 * for anything, too. Used by one thread.
 */
final class Preflight {
  private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";

  private final Settings settings;
  private final boolean resume;
  private final Configuration hadoop;
  private final SparkConf conf;
  private final SparkLayout layout;
  private final List<Finding> findings = new ArrayList<>();
  private Optional<PreparedRun> prepared = Optional.empty();
  private boolean sessionWouldOpen;

  /**
   * @param conf of the session that is to be opened
   */
  Preflight(Settings settings, boolean resume, SparkConf conf, Configuration hadoop) {
    this.settings = settings;
    this.resume = resume;
    this.hadoop = hadoop;
    this.conf = conf;
    this.layout = SparkLayout.of(conf);
  }

  /** Looks at everything that needs no session, in the order in which it would matter. */
  List<Finding> beforeSession() throws IOException {
    List<Finding> tasks = tasks(conf, settings.encoder().backend());
    sessionWouldOpen = tasks.stream().allMatch(each -> each.verdict() != Verdict.FAIL);
    findings.addAll(tasks);
    Data data = data();
    boolean heap = data.plan().isPresent() && memory(data);
    if (heap && data.fits()) {
      prepared =
          attempt(
              "where it begins",
              () ->
                  PreparedRun.of(
                      settings, data.manifest().get(), data.plan().get(), resume, hadoop),
              Preflight::beginning);
    }
    RunFolder folder = new RunFolder(settings.outputDir(), hadoop);
    output(folder);
    data.plan().ifPresent(plan -> space(folder, plan));
    return List.copyOf(findings);
  }

  /**
   * Looks, from outside of the cluster, at what a driver in it would refuse, and loads nothing:
   * this process is small.
   */
  List<Finding> beforeSubmission() throws IOException {
    findings.addAll(tasks(conf, settings.encoder().backend()));
    Data data = data();
    if (data.plan().isPresent()) {
      long shard = shard(data.plan().get(), data.manifest().get());
      findings.addAll(
          new DriverMemoryCheck(layout, data.plan().get(), shard, 1, monitor(data.plan().get()))
              .configured());
      executorMemory(data.plan().get(), shard);
    }
    RunFolder folder = new RunFolder(settings.outputDir(), hadoop);
    if (!resume) {
      attempt(
          "where it begins",
          () -> {
            RunStarter.requireEmpty(folder);
            return folder;
          },
          empty -> "an empty folder");
    }
    // A folder on the disk of whichever machine the driver will be on is not seen from here.
    if (!folder.fileSystem().getScheme().equals("file")) {
      output(folder);
      data.plan().ifPresent(plan -> space(folder, plan));
    }
    return List.copyOf(findings);
  }

  /** What Spark's settings tell of tasks. */
  static List<Finding> tasks(SparkConf conf, EncoderBackend backend) {
    SparkLayout layout = SparkLayout.of(conf);
    return List.of(TaskSizeCheck.of(layout), AcceleratorCheck.of(layout, backend));
  }

  /**
   * The data and what is to be done with it.
   *
   * @param fits whether it has a batch for every worker
   */
  private record Data(Optional<Manifest> manifest, Optional<TrainingPlan> plan, boolean fits) {}

  private Data data() throws IOException {
    Optional<Manifest> manifest =
        attempt(
            "data",
            () -> Manifest.read(hadoop, settings.dataPath()),
            read ->
                "%s %s, %d sequences"
                    .formatted(
                        read.dataset(), read.protocol(), read.split(Split.TRAIN).sequences()));
    Optional<TrainingPlan> plan =
        manifest.map(read -> Plans.of(settings, read, layout.taskCores()));
    Optional<RoundSchedule> schedule =
        plan.isEmpty()
            ? Optional.empty()
            : attempt(
                "batches",
                () -> PreparedRun.schedule(manifest.get(), plan.get()),
                read -> "%d steps an epoch".formatted(read.stepsPerEpoch()));
    return new Data(manifest, plan, schedule.isPresent());
  }

  private void output(RunFolder folder) {
    findings.add(OutputFolderCheck.of(folder.fileSystem(), folder.path()));
  }

  private static String beginning(PreparedRun run) {
    int rounds = run.start().state().rounds();
    if (rounds > 0) {
      return "checkpoint after round %d".formatted(rounds);
    }
    String from = run.settings().init().from();
    return from.isBlank() ? "initial weights" : "checkpoint of " + from;
  }

  /** Whether there is heap enough to go on looking in this process. */
  private boolean memory(Data data) {
    TrainingPlan plan = data.plan().orElseThrow();
    long shard = shard(plan, data.manifest().orElseThrow());
    List<Finding> driver =
        new DriverMemoryCheck(layout, plan, shard, 1, monitor(plan))
            .findings(Runtime.getRuntime().maxMemory());
    findings.addAll(driver);
    executorMemory(plan, shard);
    return driver.get(0).verdict() != Verdict.FAIL;
  }

  private void executorMemory(TrainingPlan plan, long shard) {
    if (layout.manager() != SparkLayout.Manager.LOCAL && layout.slotsPerExecutor() > 0) {
      ExecutorMemoryCheck check =
          new ExecutorMemoryCheck(
              layout, plan, shard, 1, layout.slotsPerExecutor(), layout.executors(), monitor(plan));
      findings.addAll(check.configured(conf.get(EXECUTOR_OPTIONS, "")));
      findings.addAll(check.devices(List.of()));
    }
  }

  private Optional<MonitorMemory> monitor(TrainingPlan plan) {
    return EpochEvaluation.memory(settings, plan);
  }

  static long shard(TrainingPlan plan, Manifest manifest) {
    Manifest.SplitSummary train = manifest.split(Split.TRAIN);
    return new RoundMemory(plan).shard(train.sequences(), train.frames().mean());
  }

  private void space(RunFolder folder, TrainingPlan plan) {
    TrafficModel traffic = new TrafficModel(plan);
    long bytes =
        DriverMemory.stateBytes(plan.encoder(), plan.modalities().size(), plan.distill().queue())
            + traffic.outerBytes()
            + plan.round().workers() * traffic.carriedBytes();
    int there;
    try {
      there = folder.checkpoints().rounds().size();
    } catch (IOException unreadable) {
      there = 0;
    }
    findings.add(
        CheckpointSpaceCheck.of(
            folder.fileSystem(), folder.path(), bytes, settings.checkpoint().keep(), there));
  }

  private <T> Optional<T> attempt(String check, Callable<T> reading, Function<T, String> found)
      throws IOException {
    try {
      T read = reading.call();
      findings.add(Finding.ok(check, found.apply(read), ""));
      return Optional.of(read);
    } catch (UserMistakeException | DatasetException wrong) {
      findings.add(Finding.refused(check, wrong.getMessage()));
      return Optional.empty();
    } catch (IOException | RuntimeException other) {
      throw other;
    } catch (Exception undeclared) {
      throw new IllegalStateException(undeclared);
    }
  }

  /** Whether Spark could be started at all, and would come back. */
  boolean sessionWouldOpen() {
    return sessionWouldOpen;
  }

  /** What the run begins with; empty if something would fail. */
  Optional<PreparedRun> prepared() {
    return prepared;
  }

  /** Looks at what only a session shows; waits for executors that are still coming. */
  List<Finding> inSession(SparkSession session) throws IOException {
    ClusterCheck.Memory memory =
        prepared
            .<ClusterCheck.Memory>map(
                run ->
                    (slots, executors) ->
                        new ExecutorMemoryCheck(
                            layout,
                            run.plan(),
                            shard(run.plan(), run.manifest()),
                            1,
                            slots,
                            executors,
                            monitor(run.plan())))
            .orElse(null);
    int workers = settings.round().workers();
    List<Finding> found =
        new ArrayList<>(
            inSession(
                session, settings, settings.encoder().execution().precision(), workers, memory));
    boolean fails = found.stream().anyMatch(each -> each.verdict() == Verdict.FAIL);
    if (prepared.isPresent() && !fails && !session.sparkContext().isLocal()) {
      files(prepared.get(), new ExecutorFilesCheck(session.sparkContext(), workers), found);
    }
    return found;
  }

  private void files(PreparedRun run, ExecutorFilesCheck check, List<Finding> found)
      throws IOException {
    // Executors have another working folder, and may have another file system by default.
    Path manifest = Manifest.path(run.settings().dataPath());
    found.add(check.data(manifest.getFileSystem(hadoop).makeQualified(manifest), "data.path"));
    if (new TrafficModel(run.plan()).carriedBytes() > 0) {
      found.add(check.output(run.folder().fileSystem(), run.folder().path(), "output.dir"));
    }
  }

  /**
   * The same for runs that are not one by one prepared; the memory of executors is not looked at.
   */
  static List<Finding> training(SparkSession session, Settings settings, int workers) {
    return inSession(session, settings, settings.encoder().execution().precision(), workers, null);
  }

  /**
   * The same for other work than a run.
   *
   * @param workers tasks that are to run side by side
   * @param memory of executors; null if it is not to be looked at
   */
  static List<Finding> inSession(
      SparkSession session, Settings settings, int workers, ClusterCheck.Memory memory) {
    // What does not train computes in floats.
    return inSession(session, settings, GpuPrecision.FLOAT32, workers, memory);
  }

  private static List<Finding> inSession(
      SparkSession session,
      Settings settings,
      GpuPrecision precision,
      int workers,
      ClusterCheck.Memory memory) {
    SparkConf conf = session.sparkContext().getConf();
    return new ClusterCheck(
            SparkLayout.of(conf),
            settings.encoder().backend(),
            precision,
            workers,
            Math.min(workers, settings.workforce().least()),
            Math.toIntExact(settings.workforce().patience().toSeconds()),
            System.err::println)
        .findings(session.sparkContext(), memory, conf.get(EXECUTOR_OPTIONS, ""));
  }

  /**
   * DL4J trains an encoder together with a classifier, and not on a device of another engine.
   *
   * @throws UserMistakeException where that is asked for
   */
  static void requireTrainable(Set<EvaluationProtocol> measured, EncoderBackend backend) {
    boolean trains =
        measured.contains(EvaluationProtocol.SEMI_SUPERVISED)
            || measured.contains(EvaluationProtocol.FINE_TUNE);
    if (trains && backend.onGpu()) {
      throw new UserMistakeException(
          "the protocols %s and %s train on the processor, and encoder.backend is %s: %s (--set encoder.backend=onednn), or leave them out"
              .formatted(
                  EvaluationProtocol.SEMI_SUPERVISED.label(),
                  EvaluationProtocol.FINE_TUNE.label(),
                  backend.label(),
                  Nd4jCudaSupport.processor()));
    }
  }

  /**
   * Says what there is to know, and refuses what would fail.
   *
   * @throws UserMistakeException naming everything that would fail
   */
  static void require(List<Finding> findings) {
    findings.stream()
        .filter(each -> each.verdict() == Verdict.WARNING)
        .forEach(each -> LoggedErrors.warn("warning: " + each.sentence()));
    List<String> failures =
        findings.stream()
            .filter(each -> each.verdict() == Verdict.FAIL)
            .map(Finding::sentence)
            .toList();
    if (failures.size() == 1) {
      throw new UserMistakeException(failures.get(0));
    }
    if (!failures.isEmpty()) {
      throw new UserMistakeException(
          String.format(
              Locale.ROOT,
              "%d things stand in the way (doctor shows everything that is looked at):\n  - %s",
              failures.size(),
              String.join("\n  - ", failures)));
    }
  }
}
