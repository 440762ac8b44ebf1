package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
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
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pretrain}: distillation rounds from a prepared data set to checkpoints. */
@Command(
    name = "pretrain",
    description = "Pre-trains encoders on a prepared data set (keys: data.path, output.dir).",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit pretrain --conf conf/utd-mhad.conf \\",
      "      --set data.path=utd-mhad --set output.dir=runs/utd-mhad",
      "  deploy/local/submit pretrain --resume --set output.dir=runs/utd-mhad"
    })
final class PretrainCommand implements Callable<Integer>, Checked {

  private static final String COMMAND = "pretrain";

  @Mixin private SettingsOptions options;

  @Option(
      names = "--resume",
      description =
          "Go on from the newest checkpoint in output.dir; start anew where there is none yet.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Sessions.hadoop();
    Settings settings = RunSettings.read(options, resume, hadoop);
    RunFolder folder = new RunFolder(settings.outputDir(), hadoop);
    LogContext.nameProcess(folder.path().getName());
    SparkConf conf = Sessions.configuration(COMMAND, settings);
    // A cluster starts a driver again that it lost, with the same words.
    boolean goesOn = resume || folder.wasBegunBy(Sessions.application(conf));
    Preflight preflight = new Preflight(settings, goesOn, conf, hadoop);
    Preflight.require(preflight.beforeSession());
    PreparedRun prepared = preflight.prepared().orElseThrow();
    return Sessions.run(
        conf,
        session -> {
          Preflight.require(preflight.inSession(session));
          run(session, prepared);
          return 0;
        });
  }

  /** Without a recipe a resumed run has its own, and another run's sizes are in its folder. */
  @Override
  public void checkSettings(Configuration hadoop) {
    Config given = options.given(hadoop);
    if ((options.hasRecipe() || !resume) && SettingsFile.text(given, InitialRun.FROM).isBlank()) {
      Settings settings = RunSettings.requirePaths(SettingsFile.read(given, ConfigFactory.empty()));
      Preflight.require(
          Preflight.tasks(Sessions.configuration(COMMAND, settings), settings.encoder().backend()));
    }
  }

  @Override
  public void check(Configuration hadoop) throws IOException {
    Settings settings = RunSettings.read(options, resume, hadoop);
    SparkConf conf = Sessions.configuration(COMMAND, settings);
    // A driver that is to run in this process looks by itself, and at more.
    if (conf.get("spark.submit.deployMode", "client").equals("cluster")) {
      Preflight.require(new Preflight(settings, resume, conf, hadoop).beforeSubmission());
    }
  }

  private static void run(SparkSession session, PreparedRun prepared) throws IOException {
    TrainingRun run = new TrainingRun(session, prepared, 1, PretrainCommand::tell);
    announce(run);
    Sessions.figures(session).ifPresent(address -> tell("figures for Prometheus: " + address));
    long began = System.nanoTime();
    try (Progress progress =
        Progress.start("Pre-training", " steps", run.stepsBefore(), run.schedule().steps())) {
      run.train(report -> show(report, progress));
    } catch (RuntimeException failed) {
      // It shows how it came to that. A file system that refuses would refuse the page, too.
      RunReports.attempt(run.folder(), session.sparkContext().hadoopConfiguration());
      throw failed;
    }
    Optional<Path> page =
        RunReports.attempt(run.folder(), session.sparkContext().hadoopConfiguration());
    System.out.printf(
        "Pre-trained %d steps in %s%s.%nNext: evaluate --run %s --data %s%n",
        run.stepsDone(),
        DurationFormatUtils.formatDuration((System.nanoTime() - began) / 1_000_000, "H:mm:ss"),
        page.map(file -> "; open " + file + " in a browser").orElse(""),
        prepared.settings().outputDir(),
        prepared.settings().dataPath());
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
