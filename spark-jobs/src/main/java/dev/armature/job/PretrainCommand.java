package dev.armature.job;

import com.typesafe.config.Config;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.report.Progress;
import dev.armature.round.RoundReport;
import dev.armature.round.RoundSchedule;
import dev.armature.round.TrainingPlan;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.lang3.time.DurationFormatUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pretrain}: distillation rounds from a prepared data set to checkpoints. */
@Command(
    name = "pretrain",
    description = "Pre-trains encoders on a prepared data set (keys: data.path, output.dir).")
final class PretrainCommand implements Callable<Integer>, Checked {

  @Mixin private SettingsOptions options;

  @Option(
      names = "--resume",
      description =
          "Go on from the newest checkpoint in output.dir; start anew where there is none yet.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Settings settings = settings(Sessions.hadoop());
    return Sessions.run(
        "pretrain",
        settings.round().workers(),
        settings.round().coresPerWorker(),
        session -> {
          run(session, settings);
          return 0;
        });
  }

  @Override
  public void check(Configuration hadoop) throws IOException {
    Settings settings = settings(hadoop);
    Manifest.read(hadoop, settings.dataPath());
    RunFolder folder = new RunFolder(settings.outputDir(), hadoop);
    if (!resume) {
      RunStarter.requireEmpty(folder);
    }
  }

  private Settings settings(Configuration hadoop) throws IOException {
    Settings settings = read(hadoop);
    require(settings.dataPath(), "data.path", "the folder that prepare wrote");
    require(settings.outputDir(), "output.dir", "the folder the run is to write to");
    return settings;
  }

  /**
   * A resumed run has its own configuration, unless the user gives one; sizes that are not given
   * are those of the run that this one starts from. A run that has checkpoints knows them by
   * itself.
   */
  private Settings read(Configuration hadoop) throws IOException {
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
    return SettingsFile.read(given, InitialRun.sizes(given, hadoop));
  }

  private static void require(String value, String key, String meaning) {
    if (value.isBlank()) {
      throw new UserMistakeException(
          "%s is not set; it is %s (--set %s=…)".formatted(key, meaning, key));
    }
  }

  private void run(SparkSession session, Settings settings) throws IOException {
    TrainingRun run = new TrainingRun(session, settings, resume, 1, PretrainCommand::tell);
    announce(run);
    long began = System.nanoTime();
    try (Progress progress =
        Progress.start("Pre-training", " steps", run.stepsBefore(), run.schedule().steps())) {
      run.train(report -> show(report, progress));
    }
    System.out.printf(
        "Pre-trained %d steps in %s. Evaluate with: evaluate --run %s --data %s%n",
        run.stepsDone(),
        DurationFormatUtils.formatDuration((System.nanoTime() - began) / 1_000_000, "H:mm:ss"),
        settings.outputDir(),
        settings.dataPath());
  }

  private static void show(RoundReport report, Progress progress) {
    progress.at(report.round().firstStep() + report.round().steps(), report.totalSteps());
    progress.say(
        String.format(
            Locale.ROOT,
            "epoch %d, loss %.3f, %.0f sequences/s",
            report.round().epochOf(report.round().steps() - 1) + 1,
            report.steps().get(report.steps().size() - 1).total(),
            report.sequences() / report.seconds()));
  }

  /** On a line of its own, whatever progress shows. */
  private static void tell(String line) {
    System.err.println("armature: " + line);
  }

  private static void announce(TrainingRun run) {
    RoundSchedule schedule = run.schedule();
    TrainingPlan plan = run.plan();
    Manifest manifest = run.manifest();
    System.out.printf(
        "%s %s: %d training sequences, %d workers of %d cores, %d steps of %d sequences an epoch, %d steps in %d rounds.%n",
        manifest.dataset(),
        manifest.protocol(),
        manifest.split(Split.TRAIN).sequences(),
        schedule.workers(),
        plan.round().coresPerWorker(),
        schedule.stepsPerEpoch(),
        schedule.workers() * plan.train().batch(),
        schedule.steps(),
        schedule.rounds());
    System.out.print(run.start().announcement());
    int done = run.start().state().rounds();
    if (done > 0) {
      System.out.printf(
          "Resuming after round %d of %d from %s.%n",
          done, schedule.rounds(), run.folder().checkpoints().path(done));
    }
  }
}
