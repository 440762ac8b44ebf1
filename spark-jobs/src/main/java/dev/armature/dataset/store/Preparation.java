package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Recording;
import dev.armature.dataset.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Prepares a raw data set: reads and normalizes its recordings, splits them by protocol, and writes
 * them as Parquet with a manifest.
 *
 * <p>The recordings, in the data set's order, are cut into tasks of many recordings each. Each is
 * read once and kept on the executors' disks while the tasks' counts come together on the driver;
 * from these every sequence gets its index, and the tasks write. The result does not depend on the
 * number of tasks or executors.
 */
public final class Preparation {
  /** Some seconds of work: enough to hide a task's start, little enough to show progress. */
  private static final int RECORDINGS_PER_TASK = 512;

  /** Most Parquet files per split; a full NTU RGB+D 120 then has files of some 100 MB. */
  private static final int MOST_FILES = 32;

  private static final int POLL_MILLISECONDS = 500;

  private final SparkSession spark;
  private final PrepareRequest request;
  private final PreparationListener listener;

  private Preparation(SparkSession spark, PrepareRequest request, PreparationListener listener) {
    this.spark = spark;
    this.request = request;
    this.listener = listener;
  }

  /** Prepares without telling anyone how it goes on. */
  public static Manifest run(SparkSession spark, PrepareRequest request) {
    return run(spark, request, PreparationListener.silent());
  }

  /**
   * Prepares a data set. If the output holds the very same one already, nothing is done.
   *
   * @return the manifest, as written
   * @throws DatasetException if the source, the output or the protocol cannot be used, a split is
   *     empty, or, where that was asked for, a recording is bad; the message is for the user
   */
  public static Manifest run(
      SparkSession spark, PrepareRequest request, PreparationListener listener) {
    try {
      return new Preparation(spark, request, listener).run();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "preparing %s into %s failed: %s"
              .formatted(request.source(), request.output(), e.getMessage()),
          e);
    }
  }

  private Manifest run() throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = context.hadoopConfiguration();
    OutputFolder output = new OutputFolder(hadoop, request.output());
    Optional<Manifest> existing = output.existing();
    try (RecordingSource source = source(context)) {
      Inventory inventory = source.inventory();
      ManifestBuilder manifest = new ManifestBuilder(request, inventory, spark.version());
      if (existing.isPresent()) {
        manifest.requireSameAs(existing.get());
        listener.alreadyPrepared(request.output());
        return existing.get();
      }
      return prepare(source, inventory, manifest, output, context.defaultParallelism());
    }
  }

  private RecordingSource source(JavaSparkContext context) throws IOException {
    return request.dataset() == DatasetKind.PARQUET
        ? new TableRecordings(spark, request)
        : new FileRecordings(context, RawDatasets.of(request));
  }

  private Manifest prepare(
      RecordingSource source,
      Inventory inventory,
      ManifestBuilder manifest,
      OutputFolder output,
      int parallelism)
      throws IOException {
    List<Recording> recordings = inventory.recordings();
    ReadingCounts counts = ReadingCounts.start(spark.sparkContext());
    int tasks = tasks(recordings.size(), parallelism);
    JavaRDD<Outcome> outcomes =
        source.outcomes(recordings, tasks, counts).persist(StorageLevel.DISK_ONLY());
    try {
      List<PartitionSummary> parts = summarize(outcomes, counts, recordings.size());
      PartitionSummary whole = new PartitionSummary();
      inventory.setAside().forEach(whole::add);
      parts.forEach(whole::merge);
      Manifest result = manifest.build(whole);
      listener.writing(
          (long) whole.split(Split.TRAIN).sequences() + whole.split(Split.TEST).sequences());
      output.begin();
      write(outcomes, firstIndices(parts));
      output.finish(result);
      return result;
    } finally {
      outcomes.unpersist(false);
    }
  }

  private static int tasks(int recordings, int parallelism) {
    int bySize = (recordings + RECORDINGS_PER_TASK - 1) / RECORDINGS_PER_TASK;
    return Math.max(1, Math.min(recordings, Math.max(bySize, parallelism)));
  }

  private List<PartitionSummary> summarize(
      JavaRDD<Outcome> outcomes, ReadingCounts counts, int total) {
    JavaFutureAction<List<PartitionSummary>> summaries =
        outcomes
            .mapPartitions(
                part -> {
                  PartitionSummary summary = new PartitionSummary();
                  while (part.hasNext()) {
                    Outcome outcome = part.next();
                    if (outcome.sequence() == null) {
                      summary.add(outcome.setAside());
                    } else {
                      summary.add(outcome.split(), outcome.sequence());
                    }
                  }
                  return List.of(summary).iterator();
                })
            .collectAsync();
    try {
      while (true) {
        try {
          List<PartitionSummary> parts = summaries.get(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
          listener.reading(Math.min(total, counts.done().value()), counts.bad().value(), total);
          return parts;
        } catch (TimeoutException e) {
          listener.reading(Math.min(total, counts.done().value()), counts.bad().value(), total);
        }
      }
    } catch (InterruptedException e) {
      summaries.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "preparing %s was interrupted".formatted(request.source()), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "reading %s failed: %s".formatted(request.source(), reason(e)), e);
    }
  }

  /** The innermost message: Spark's own carries the stack of the task. */
  private static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = String.valueOf(innermost.getMessage());
    return message.lines().findFirst().orElse(innermost.getClass().getName());
  }

  /** By partition and split, the index of the first sequence. */
  private static List<Map<Split, Integer>> firstIndices(List<PartitionSummary> parts) {
    List<Map<Split, Integer>> first = new ArrayList<>();
    Map<Split, Integer> next = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      next.put(split, 0);
    }
    for (PartitionSummary part : parts) {
      first.add(new EnumMap<>(next));
      for (Split split : Split.values()) {
        next.merge(split, part.split(split).sequences(), Integer::sum);
      }
    }
    return first;
  }

  private void write(JavaRDD<Outcome> outcomes, List<Map<Split, Integer>> firstIndices) {
    JavaRDD<Row> rows =
        outcomes
            .mapPartitionsWithIndex(
                (partition, part) -> {
                  Map<Split, Integer> next = new EnumMap<>(firstIndices.get(partition));
                  List<Row> table = new ArrayList<>();
                  while (part.hasNext()) {
                    Outcome outcome = part.next();
                    if (outcome.sequence() != null) {
                      int index = next.merge(outcome.split(), 1, Integer::sum) - 1;
                      table.add(SequenceRows.toRow(index, outcome.split(), outcome.sequence()));
                    }
                  }
                  return table.iterator();
                },
                true)
            .coalesce(Math.min(MOST_FILES, firstIndices.size()));
    spark
        .createDataFrame(rows, SequenceRows.SCHEMA)
        .write()
        .partitionBy(SequenceRows.SPLIT)
        .mode(SaveMode.Overwrite)
        .parquet(OutputFolder.sequences(request.output()));
  }
}
