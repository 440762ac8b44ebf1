package dev.armature.job;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.report.Median;
import dev.armature.round.Coordinator;
import dev.armature.round.RoundReport;
import dev.armature.round.StepBenchmark;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench rounds}: sequences a second of whole rounds on Spark (publish, train, average,
 * enqueue) beside those of bare steps on as many cores, before and after, in one process.
 */
@Command(
    name = "rounds",
    description = "Compares rounds on Spark with bare steps on the same cores.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit --master 'local[2]' bench rounds \\",
      "      --set encoder.hidden=256"
    })
final class BenchRoundsCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options;

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds that count (default 3).")
  private int rounds;

  @Override
  public Integer call() throws IOException {
    if (rounds < 1) {
      throw new UserMistakeException("--rounds must be at least 1, found " + rounds);
    }
    Settings settings = options.read(Sessions.hadoop());
    return Sessions.run(
        "bench rounds",
        settings.round().workers(),
        settings.round().coresPerWorker(),
        session -> {
          run(session, settings);
          return 0;
        });
  }

  private void run(SparkSession session, Settings settings) throws IOException {
    int workers = settings.round().workers();
    int cores = Sessions.taskCores(session);
    // The first round opens the engines.
    TrainingPlan plan = BenchData.plan(settings, workers, cores, rounds + 1);
    List<StoredSequence> stored = BenchData.stored(plan);
    List<SkeletonSequence> sequences = stored.stream().map(StoredSequence::sequence).toList();
    double before = bareRate(settings, sequences, workers * cores);
    List<RoundReport> reports = new ArrayList<>();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    JavaRDD<StoredSequence> data = spark.parallelize(stored, workers);
    new Coordinator(spark, plan, data)
        .run(TrainingState.initial(plan), (report, state) -> reports.add(report));
    double after = bareRate(settings, sequences, workers * cores);
    List<RoundReport> counted = reports.subList(1, reports.size());
    double rate =
        Median.of(counted.stream().map(report -> report.sequences() / report.seconds()).toList());
    double bare = (before + after) / 2;
    System.out.printf(
        Locale.ROOT,
        "%d workers of %d cores, %d local steps: %.2f sequences/s on Spark, %.2f bare on %d cores"
            + " (%.2f before, %.2f after): ratio %.3f%n",
        workers,
        cores,
        plan.round().localSteps(),
        rate,
        bare,
        workers * cores,
        before,
        after,
        rate / bare);
    RoundReport last = counted.get(counted.size() - 1);
    System.out.printf(
        Locale.ROOT,
        "last round: %.2f s; driver %s; worker %s%n",
        last.seconds(),
        last.driverSeconds(),
        last.workerSeconds());
  }

  private static double bareRate(Settings settings, List<SkeletonSequence> sequences, int cores) {
    TrainingPlan plan = BenchData.plan(settings, cores);
    int batch = plan.train().batch();
    int steps = Math.min(settings.round().localSteps(), sequences.size() / batch);
    try (StepBenchmark benchmark = new StepBenchmark(plan, sequences)) {
      benchmark.run(0, 1);
      return steps * batch / benchmark.run(1, steps).total();
    }
  }
}
