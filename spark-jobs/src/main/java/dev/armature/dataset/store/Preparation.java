package dev.armature.dataset.store;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.RawDataset;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
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
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

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
    RawDataset dataset = RawDatasets.of(request);
    OutputFolder output = new OutputFolder(hadoop, request.output());
    Optional<Manifest> existing = output.existing();
    Inventory inventory = dataset.inventory(hadoop);
    ManifestBuilder manifest = new ManifestBuilder(request, inventory, spark.version());
    if (existing.isPresent()) {
      manifest.requireSameAs(existing.get());
      listener.alreadyPrepared(request.output());
      return existing.get();
    }
    List<Recording> recordings = inventory.recordings();
    LongAccumulator done = spark.sparkContext().longAccumulator("recordings read");
    LongAccumulator bad = spark.sparkContext().longAccumulator("recordings set aside");
    Broadcast<SerializableConfiguration> shared =
        context.broadcast(new SerializableConfiguration(hadoop));
    int tasks = tasks(recordings.size(), context.defaultParallelism());
    JavaRDD<Outcome> outcomes =
        context
            .parallelize(recordings, tasks)
            .mapPartitions(part -> read(dataset, shared.value().value(), part, done, bad))
            .persist(StorageLevel.DISK_ONLY());
    try {
      List<PartitionSummary> parts = summarize(outcomes, done, bad, recordings.size());
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
      shared.destroy();
    }
  }

  private static int tasks(int recordings, int parallelism) {
    int bySize = (recordings + RECORDINGS_PER_TASK - 1) / RECORDINGS_PER_TASK;
    return Math.max(1, Math.min(recordings, Math.max(bySize, parallelism)));
  }

  private static Iterator<Outcome> read(
      RawDataset dataset,
      Configuration hadoop,
      Iterator<Recording> recordings,
      LongAccumulator done,
      LongAccumulator bad)
      throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    try (RecordingReader reader = dataset.open(hadoop)) {
      while (recordings.hasNext()) {
        Recording recording = recordings.next();
        try {
          SkeletonSequence sequence = reader.read(recording);
          outcomes.add(new Outcome(recording.split(), sequence, null));
        } catch (BadRecordingException e) {
          SetAside setAside = new SetAside(recording.id(), e.fault(), e.getMessage());
          outcomes.add(new Outcome(recording.split(), null, setAside));
          bad.add(1);
        }
        done.add(1);
      }
    }
    return outcomes.iterator();
  }

  private List<PartitionSummary> summarize(
      JavaRDD<Outcome> outcomes, LongAccumulator done, LongAccumulator bad, int total) {
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
          listener.reading(Math.min(total, done.value()), bad.value(), total);
          return parts;
        } catch (TimeoutException e) {
          listener.reading(Math.min(total, done.value()), bad.value(), total);
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
