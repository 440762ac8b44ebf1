package dev.armature.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.round.CarriedCheckpoint;
import dev.armature.round.Checkpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.Coordinator;
import dev.armature.round.ElasticWorkforce;
import dev.armature.round.Patience;
import dev.armature.round.RoundReport;
import dev.armature.round.TrafficModel;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench scale}: rounds of several numbers of workers on the given master, one after the
 * other in one process, with the time of every phase and the bytes that each moves; or, with {@code
 * --model}, the bytes of rounds that this machine could not do.
 */
@Command(
    name = "scale",
    description =
        "Measures rounds of several numbers of workers on a master, or computes what they move.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit bench scale --hidden 256",
      "  deploy/local/submit bench scale --model --hidden 1024"
    })
final class BenchScaleCommand implements Callable<Integer> {
  private static final List<Integer> MEASURED_WORKERS = List.of(1, 2, 4, 8);
  private static final List<Integer> MODELLED_WORKERS = List.of(8, 64, 512);

  @Mixin private SettingsOptions options;

  @Option(
      names = "--workers",
      split = ",",
      description = "Numbers of workers (default 1,2,4,8; with --model 8,64,512).")
  private List<Integer> workers;

  @Option(
      names = "--hidden",
      split = ",",
      description = "Widths of the encoders (default: encoder.hidden).")
  private List<Integer> hidden;

  @Option(names = "--rounds", defaultValue = "2", description = "Rounds that count (default 2).")
  private int rounds;

  @Option(names = "--model", description = "Compute bytes and memory, measure nothing.")
  private boolean model;

  @Option(
      names = "--checkpoints",
      description = "Where checkpoints go, for their time (default: a temporary folder).")
  private String checkpoints;

  @Option(names = "--json", description = "Ends with the figures as one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    List<Integer> numbers =
        workers == null ? (model ? MODELLED_WORKERS : MEASURED_WORKERS) : workers;
    requirePositive("--workers", numbers);
    requirePositive("--rounds", List.of(rounds));
    List<Settings> sizes = sizes();
    ScaleTable table = new ScaleTable();
    if (model) {
      for (Settings settings : sizes) {
        for (int number : numbers) {
          TrainingPlan plan = BenchData.plan(settings, number, 1, rounds + 1);
          table.addModel(plan, new TrafficModel(plan));
        }
      }
    } else {
      int cores = Math.max(1, sizes.get(0).round().coresPerWorker());
      Sessions.run(
          "bench scale",
          1,
          cores,
          session -> {
            measure(session, sizes, numbers, cores, table);
            return 0;
          });
    }
    table.print(System.out);
    if (json) {
      System.out.println(new ObjectMapper().writeValueAsString(table.result()));
    }
    return 0;
  }

  private static void requirePositive(String option, List<Integer> numbers) {
    for (int number : numbers) {
      if (number < 1) {
        throw new UserMistakeException("%s must be at least 1, found %d".formatted(option, number));
      }
    }
  }

  private List<Settings> sizes() throws IOException {
    if (hidden == null) {
      return List.of(options.read(Sessions.hadoop()));
    }
    requirePositive("--hidden", hidden);
    List<Settings> sizes = new ArrayList<>();
    for (int width : hidden) {
      sizes.add(options.read(Sessions.hadoop(), List.of("encoder.hidden=" + width)));
    }
    return sizes;
  }

  private void measure(
      SparkSession session,
      List<Settings> sizes,
      List<Integer> numbers,
      int cores,
      ScaleTable table)
      throws IOException {
    java.nio.file.Path temporary =
        checkpoints == null ? Files.createTempDirectory("armature-bench") : null;
    try {
      Path folder = new Path(temporary == null ? checkpoints : temporary.toUri().toString());
      for (Settings settings : sizes) {
        for (int number : numbers) {
          TrainingPlan plan = BenchData.plan(settings, number, cores, rounds + 1);
          table.addMeasured(plan, rounds(session, plan, folder));
        }
      }
    } finally {
      if (temporary != null) {
        FileUtils.deleteDirectory(temporary.toFile());
      }
    }
  }

  /** All rounds but the first, which opens the engines. */
  private static List<ScaleTable.Measured> rounds(
      SparkSession session, TrainingPlan plan, Path folder) throws IOException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    int number = plan.round().workers();
    CheckpointStore store =
        new CheckpointStore(folder.getFileSystem(spark.hadoopConfiguration()), folder);
    CarriedCheckpoint carried = new CarriedCheckpoint(spark, plan, Patience.NONE);
    int slots = ElasticWorkforce.slots(session.sparkContext());
    List<ScaleTable.Measured> measured = new ArrayList<>();
    new Coordinator(spark, plan, spark.parallelize(BenchData.stored(plan), number))
        .run(
            TrainingState.initial(plan),
            (report, state) -> {
              long began = System.nanoTime();
              TrainingState whole = carried.write(state, store);
              store.write(new Checkpoint(whole, plan.encoder(), plan.modalities(), Map.of()));
              double seconds = (System.nanoTime() - began) * 1e-9;
              store.keepNewest(1);
              measured.add(measured(report, seconds, (number + slots - 1) / slots));
            });
    return measured.subList(1, measured.size());
  }

  private static ScaleTable.Measured measured(RoundReport report, double checkpoint, int waves) {
    double worker = report.workerSeconds().values().stream().mapToDouble(each -> each).sum();
    System.gc();
    Runtime driver = Runtime.getRuntime();
    return new ScaleTable.Measured(
        report, worker * waves, checkpoint, driver.totalMemory() - driver.freeMemory());
  }
}
