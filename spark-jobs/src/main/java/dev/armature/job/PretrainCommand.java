package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.report.MetricsFile;
import dev.armature.report.Progress;
import dev.armature.round.Coordinator;
import dev.armature.round.RoundSchedule;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.lang3.time.DurationFormatUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pretrain}: distillation rounds from a prepared data set to checkpoints. */
@Command(
    name = "pretrain",
    description = "Pre-trains encoders on a prepared data set (keys: data.path, output.dir).")
final class PretrainCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options;

  @Option(
      names = "--resume",
      description =
          "Go on from the newest checkpoint in output.dir; start anew where there is none yet.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Settings settings = settings(Sessions.hadoop());
    require(settings.dataPath(), "data.path", "the folder that prepare wrote");
    require(settings.outputDir(), "output.dir", "the folder the run is to write to");
    try (SparkSession session =
        Sessions.open("pretrain", settings.round().workers(), settings.round().coresPerWorker())) {
      run(session, settings);
    }
    return 0;
  }

  /**
   * A resumed run has its own configuration, unless the user gives one; sizes that are not given
   * are those of the run that this one starts from. A run that has checkpoints knows them by
   * itself.
   */
  private Settings settings(Configuration hadoop) throws IOException {
    Config given = options.given(hadoop);
    String output = SettingsFile.text(given, "output.dir");
    if (resume && !output.isBlank()) {
      RunFolder folder = new RunFolder(output, hadoop);
      Optional<Config> stored = folder.readConfiguration();
      if (stored.isPresent() && !options.hasRecipe()) {
        given = SettingsFile.given(stored.get(), options.overrides());
      }
      boolean started = !SettingsFile.text(given, InitialRun.FROM).isBlank();
      if (stored.isPresent() && started && !folder.checkpoints().rounds().isEmpty()) {
        return SettingsFile.read(given, InitialRun.sizes(stored.get()));
      }
    }
    Optional<InitialRun> initial = InitialRun.of(SettingsFile.text(given, InitialRun.FROM), hadoop);
    return SettingsFile.read(
        given, initial.isPresent() ? initial.get().sizes() : ConfigFactory.empty());
  }

  private static void require(String value, String key, String meaning) {
    if (value.isBlank()) {
      throw new UserMistakeException(
          "%s is not set; it is %s (--set %s=…)".formatted(key, meaning, key));
    }
  }

  private void run(SparkSession session, Settings settings) throws IOException {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    Manifest manifest = Manifest.read(hadoop, settings.dataPath());
    int cores = Sessions.taskCores(session);
    TrainingPlan plan = Plans.of(settings, manifest, cores);
    DriverMemory.require(plan, Runtime.getRuntime().maxMemory());
    Map<String, String> provenance = Provenance.of(settings.config(), cores, manifest);
    RunFolder folder = new RunFolder(settings.outputDir(), hadoop);
    RunStart start =
        new RunStarter(
                folder,
                settings,
                plan,
                manifest,
                InitialRun.of(settings.init().from(), hadoop),
                provenance)
            .find(resume);
    Coordinator coordinator =
        coordinator(
            JavaSparkContext.fromSparkContext(session.sparkContext()), plan, session, settings);
    RoundSchedule schedule = coordinator.schedule();
    announce(schedule, plan, manifest, start, folder);
    folder.writeConfiguration(
        settings
            .config()
            .withValue("round.cores-per-worker", ConfigValueFactory.fromAnyRef(cores)));
    long began = System.nanoTime();
    try (MetricsFile metrics =
            MetricsFile.open(folder.fileSystem(), folder.path(), start.state().rounds());
        Progress progress =
            Progress.start(
                "Pre-training", " steps", stepsBefore(schedule, start.state()), schedule.steps())) {
      coordinator.run(
          start.state(),
          new RunRecorder(
              metrics,
              progress,
              folder.checkpoints(),
              settings.checkpoint(),
              schedule,
              plan.encoder(),
              plan.modalities(),
              start.provenance()));
    }
    System.out.printf(
        "Pre-trained %d steps in %s. Evaluate with: evaluate --run %s --data %s%n",
        schedule.steps(),
        DurationFormatUtils.formatDuration((System.nanoTime() - began) / 1_000_000, "H:mm:ss"),
        settings.outputDir(),
        settings.dataPath());
  }

  private static long stepsBefore(RoundSchedule schedule, TrainingState start) {
    return start.rounds() < schedule.rounds()
        ? schedule.round(start.rounds()).firstStep()
        : schedule.steps();
  }

  private static Coordinator coordinator(
      JavaSparkContext spark, TrainingPlan plan, SparkSession session, Settings settings) {
    try {
      return new Coordinator(
          spark, plan, SkeletonStore.read(session, settings.dataPath(), Split.TRAIN));
    } catch (IllegalArgumentException tooSmall) {
      throw new UserMistakeException(tooSmall.getMessage(), tooSmall);
    }
  }

  private static void announce(
      RoundSchedule schedule,
      TrainingPlan plan,
      Manifest manifest,
      RunStart start,
      RunFolder folder) {
    System.out.printf(
        "%s %s: %d training sequences, %d workers of %d cores, %d steps of %d sequences an epoch, %d steps in %d rounds.%n",
        manifest.dataset(),
        manifest.protocol(),
        manifest.split(Split.TRAIN).sequences(),
        plan.round().workers(),
        plan.round().coresPerWorker(),
        schedule.stepsPerEpoch(),
        plan.round().workers() * plan.train().batch(),
        schedule.steps(),
        schedule.rounds());
    System.out.print(start.announcement());
    int done = start.state().rounds();
    if (done > 0) {
      System.out.printf(
          "Resuming after round %d of %d from %s.%n",
          done, schedule.rounds(), folder.checkpoints().path(done));
    }
  }
}
