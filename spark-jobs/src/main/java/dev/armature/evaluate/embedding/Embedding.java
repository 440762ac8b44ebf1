package dev.armature.evaluate.embedding;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.dataset.store.StoredSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes a vector for every sequence of a prepared data set to Parquet: one Spark job, a task a
 * file.
 *
 * <p>Sequences are ordered by split and index, and so are the files. The same encoders and data
 * give the same files with the same vectors, bit for bit, on any number of partitions and executors
 * of one kind of machine, and also where a call goes on with what a killed one has left. (Footers
 * of two processes may list encodings in another order: Parquet keeps them in a hash set.) A task
 * holds four blocks of sequences at a time, the driver none.
 */
public final class Embedding {
  private static final int POLL_MILLISECONDS = 500;

  private final SparkSession spark;
  private final EmbeddingRequest request;
  private final EmbeddingProgress progress;

  private Embedding(SparkSession spark, EmbeddingRequest request, EmbeddingProgress progress) {
    this.spark = spark;
    this.request = request;
    this.progress = progress;
  }

  /**
   * Embeds a data set. If the output is there already, nothing is done.
   *
   * @return the manifest, as written
   * @throws EmbeddingException if the folder holds something else
   * @throws IllegalStateException if a vector is not finite, or the data is not what its manifest
   *     says
   * @throws IOException if a file system fails
   */
  public static EmbeddingManifest run(
      SparkSession spark, EmbeddingRequest request, EmbeddingProgress progress) throws IOException {
    return new Embedding(spark, request, progress).run();
  }

  private EmbeddingManifest run() throws IOException {
    EmbeddingFolder folder = new EmbeddingFolder(hadoop(), request.output());
    Optional<EmbeddingManifest> existing = folder.existing(request);
    if (existing.isPresent()) {
      return existing.get();
    }
    List<EmbeddingManifest.Part> whole = folder.begin(request);
    List<String> done = whole.stream().map(EmbeddingManifest.Part::file).toList();
    List<EmbeddingPart> parts = request.parts();
    List<EmbeddingPart> missing =
        parts.stream().filter(part -> !done.contains(part.file())).toList();
    long before = whole.stream().mapToLong(EmbeddingManifest.Part::sequences).sum();
    long total = parts.stream().mapToLong(part -> part.stretch().sequences()).sum();
    progress.advanced(before, total);
    if (!missing.isEmpty()) {
      embed(folder.parts(), missing, before, total);
    }
    List<EmbeddingManifest.Part> written = new ArrayList<>();
    for (EmbeddingPart part : parts) {
      written.add(folder.described(part));
    }
    EmbeddingManifest manifest = manifest(written);
    folder.finish(manifest);
    return manifest;
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private void embed(Path folder, List<EmbeddingPart> missing, long before, long total)
      throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    LongAccumulator done = spark.sparkContext().longAccumulator("sequences embedded");
    Broadcast<TrainedEncoders> encoders = context.broadcast(request.encoders());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(hadoop()));
    try {
      PartTask task =
          new PartTask(
              encoders,
              configuration,
              request.vector(),
              new BackendEngines(request.encoders().backend(), request.threads()),
              missing,
              folder.toString(),
              request.fingerprint(),
              done);
      JavaFutureAction<List<String>> faults =
          sequences(missing)
              .mapPartitionsWithIndex(
                  (number, part) -> List.of(task.run(number, part)).iterator(), false)
              .collectAsync();
      for (String fault : await(faults, done, before, total)) {
        if (!fault.isEmpty()) {
          throw new IllegalStateException(fault);
        }
      }
    } finally {
      encoders.destroy();
      configuration.destroy();
      // Those of executors end with them; a driver in local mode may have other work to do.
      BlockEncoders.clear();
    }
  }

  /** A partition for every part, in their order. */
  private JavaRDD<StoredSequence> sequences(List<EmbeddingPart> parts) {
    JavaRDD<StoredSequence> all = null;
    for (Split split : request.splits()) {
      List<EmbeddingPart> own = parts.stream().filter(part -> part.split() == split).toList();
      if (!own.isEmpty()) {
        JavaRDD<StoredSequence> some =
            SkeletonStore.read(
                spark, request.data(), split, own.stream().map(EmbeddingPart::stretch).toList());
        all = all == null ? some : all.union(some);
      }
    }
    return all;
  }

  private List<String> await(
      JavaFutureAction<List<String>> job, LongAccumulator done, long before, long total)
      throws IOException {
    try {
      while (true) {
        try {
          List<String> faults = job.get(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
          progress.advanced(total, total);
          return faults;
        } catch (TimeoutException working) {
          progress.advanced(Math.min(total, before + done.value()), total);
        }
      }
    } catch (InterruptedException interrupted) {
      job.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("embedding was interrupted", interrupted);
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause().getMessage(), failed.getCause());
    }
  }

  private EmbeddingManifest manifest(List<EmbeddingManifest.Part> parts) {
    TrainedEncoders encoders = request.encoders();
    int length = request.vector().length(encoders.shape());
    List<EmbeddingManifest.Column> columns =
        EmbeddingSchema.vectors(encoders.modalities()).stream()
            .map(
                column ->
                    new EmbeddingManifest.Column(
                        column,
                        column.equals(EmbeddingSchema.COMBINED)
                            ? length * encoders.modalities().size()
                            : length))
            .toList();
    return new EmbeddingManifest(
        EmbeddingManifest.FORMAT,
        request.identity(),
        encoders.shape().toString(),
        columns,
        encoders.provenance(),
        request.versions(),
        parts);
  }
}
