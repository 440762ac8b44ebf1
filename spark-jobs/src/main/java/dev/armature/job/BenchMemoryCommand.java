package dev.armature.job;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.round.Coordinator;
import dev.armature.round.RoundMemory;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench memory}: what a run takes of the memory of its processes, by {@link RoundMemory} and
 * as the operating system counted it. A heap grows to its limit before it is collected: the two are
 * comparable where {@code spark.executor.memory} is the heap that the model names.
 */
@Command(
    name = "memory",
    description = "Puts the memory that rounds take beside what preflight checks expect.",
    footerHeading = "%nExamples:%n",
    footer = {"  deploy/local/submit bench memory --set encoder.hidden=64"})
final class BenchMemoryCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options;

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds to run (default 3).")
  private int rounds;

  @Override
  public Integer call() throws IOException {
    if (rounds < 1) {
      throw new UserMistakeException("--rounds must be at least 1, found " + rounds);
    }
    Settings settings = options.read(Sessions.hadoop());
    int workers = settings.round().workers();
    return Sessions.run(
        "bench memory",
        workers,
        settings.round().coresPerWorker(),
        session -> {
          run(session, BenchData.plan(settings, workers, Sessions.taskCores(session), rounds));
          return 0;
        });
  }

  private static void run(SparkSession session, TrainingPlan plan) throws IOException {
    int workers = plan.round().workers();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    List<StoredSequence> stored = BenchData.stored(plan);
    new Coordinator(spark, plan, spark.parallelize(stored, workers))
        .run(TrainingState.initial(plan), (report, state) -> {});
    boolean local = session.sparkContext().isLocal();
    Map<String, Double> measured =
        new TreeMap<>(
            spark
                .parallelize(stored.subList(0, workers), workers)
                .mapToPair(
                    sequence ->
                        new scala.Tuple2<>(
                            SparkEnv.get().executorId(), ProcessMemory.peakResidentGigabytes()))
                .collectAsMap());
    int atOnce = (workers + measured.size() - 1) / measured.size();
    RoundMemory memory = new RoundMemory(plan);
    double frames =
        stored.stream().mapToInt(each -> each.sequence().frames()).average().orElseThrow();
    long shard = memory.shard(stored.size(), frames);
    System.out.printf(
        Locale.ROOT,
        "hidden %d, batch %d, %d frames, queue %d, %s, %d workers, %d a process%n",
        plan.encoder().hidden(),
        plan.train().batch(),
        plan.augment().frames(),
        plan.distill().queue(),
        plan.distill().method().name().toLowerCase(Locale.ROOT),
        workers,
        atOnce);
    if (local) {
      print("driver and workers", memory.local(atOnce, shard, 1), measured.get("driver"));
      return;
    }
    print("driver", memory.driver(1), ProcessMemory.peakResidentGigabytes());
    List<RoundMemory.Part> parts = memory.executor(atOnce, atOnce, shard, 1);
    measured.forEach((executor, peak) -> print("executor " + executor, parts, peak));
  }

  private static void print(String process, List<RoundMemory.Part> parts, double measured) {
    System.out.printf(Locale.ROOT, "%-28s %9s %9s%n", process + ", GB", "heap", "outside");
    for (RoundMemory.Part part : parts) {
      System.out.printf(
          Locale.ROOT,
          "  %-26s %9.3f %9.3f%n",
          part.name(),
          part.heap() * 1e-9,
          part.outside() * 1e-9);
    }
    double heap = RoundMemory.heap(parts) * 1e-9;
    double outside = RoundMemory.outside(parts) * 1e-9;
    System.out.printf(
        Locale.ROOT,
        "  %-26s %9.3f %9.3f = %.3f; peak resident %.3f: model / measured %.2f%n",
        "with the collector's part",
        heap,
        outside,
        heap + outside,
        measured,
        (heap + outside) / measured);
  }
}
