package dev.armature.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.DatasetKind;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.Preparation;
import dev.armature.dataset.store.PrepareRequest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.dataset.synthetic.SyntheticOptions;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.encoder.EncoderShape;
import dev.armature.evaluate.SequenceBlocks;
import dev.armature.evaluate.embedding.Embedding;
import dev.armature.evaluate.embedding.EmbeddingProgress;
import dev.armature.evaluate.embedding.EmbeddingRequest;
import dev.armature.evaluate.embedding.EmbeddingVector;
import dev.armature.evaluate.embedding.ForwardRate;
import dev.armature.evaluate.embedding.TrainedEncoders;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench embed}: sequences a second through {@code embed}, from prepared Parquet to
 * embeddings in Parquet, against what the encoders alone take, measured before and after it in the
 * same process with as many threads.
 */
@Command(
    name = "embed",
    description =
        "Times embed on generated data, random weights, against the encoders alone on this machine.",
    footerHeading = "%nExamples:%n",
    footer = {"  deploy/local/submit --master 'local[2]' bench embed"})
final class BenchEmbedCommand implements Callable<Integer> {
  /** Actions times cameras times ten persons. */
  private static final int SEQUENCES_A_REPETITION = 540;

  @Mixin private SettingsOptions options;

  @Option(
      names = "--sequences",
      defaultValue = "4320",
      description = "How many to embed, about (default 4320).")
  private int sequences;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Of each measurement of the encoders alone (default 10).")
  private int seconds;

  @Option(names = "--json", description = "End with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (sequences < 1 || seconds < 1) {
      throw new UserMistakeException(
          "--sequences and --seconds must be at least 1, found %d and %d"
              .formatted(sequences, seconds));
    }
    Settings settings = options.read(Sessions.hadoop());
    Path folder = Files.createTempDirectory("armature-bench");
    try {
      return Sessions.run(
          "bench embed",
          1,
          Sessions.coresOfSmallTasks(),
          session -> {
            measure(session, settings, folder);
            return 0;
          });
    } finally {
      FileUtils.deleteQuietly(folder.toFile());
    }
  }

  private void measure(SparkSession session, Settings settings, Path folder) throws IOException {
    int cores = Sessions.taskCores(session);
    int slots = Math.max(1, session.sparkContext().defaultParallelism() / cores);
    String data = folder.resolve("data").toUri().toString();
    Manifest manifest = prepare(session, data, sequences);
    TrainedEncoders encoders = encoders(settings, manifest);
    List<SkeletonSequence> block =
        SkeletonStore.read(session, data, Split.TRAIN).take(SequenceBlocks.ROWS).stream()
            .map(StoredSequence::sequence)
            .toList();
    Map<String, Double> result = new LinkedHashMap<>();
    warmUp(session, encoders, folder);
    try (ForwardRate forward = new ForwardRate(encoders, slots, cores, block)) {
      forward.measure(1);
      double before = forward.measure(seconds);
      double through = run(session, encoders, manifest, data, folder.resolve("out"));
      double after = forward.measure(seconds);
      result.put("forwardBefore", before);
      result.put("forwardAfter", after);
      result.put("throughSpark", through);
      result.put("ratio", through / ((before + after) / 2));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("measuring was interrupted", interrupted);
    }
    System.out.printf(
        Locale.ROOT,
        "hidden %d, %d layers, %d modalities, %d frames; %d sequences; %d tasks of %d cores; sequences/s%n",
        encoders.shape().hidden(),
        encoders.shape().layers(),
        encoders.modalities().size(),
        encoders.frames(),
        count(manifest),
        slots,
        cores);
    result.forEach(
        (name, value) -> System.out.printf(Locale.ROOT, "  %-20s %10.3f%n", name, value));
    if (json) {
      System.out.println(new ObjectMapper().writeValueAsString(result));
    }
  }

  /** Code is compiled before anything counts. */
  private static void warmUp(SparkSession session, TrainedEncoders encoders, Path folder)
      throws IOException {
    String data = folder.resolve("little-data").toUri().toString();
    run(session, encoders, prepare(session, data, 1), data, folder.resolve("little-out"));
  }

  private static Manifest prepare(SparkSession session, String data, int sequences) {
    int repetitions = Math.max(1, Math.round((float) sequences / SEQUENCES_A_REPETITION));
    return Preparation.run(
        session,
        PrepareRequest.of(DatasetKind.SYNTHETIC, "", Protocol.XSUB, data)
            .withSynthetic(new SyntheticOptions(10, repetitions, 1, 1)));
  }

  private static TrainedEncoders encoders(Settings settings, Manifest manifest) {
    EncoderShape shape =
        Plans.shape(settings, manifest.layout().joints().size() * 3 * manifest.persons());
    float[][] parameters = new float[settings.modalities().size()][];
    for (int modality = 0; modality < parameters.length; modality++) {
      parameters[modality] = EncoderInitializer.initialize(shape, 1, modality);
    }
    return new TrainedEncoders(
        shape,
        settings.modalities(),
        parameters,
        manifest.layout(),
        manifest.persons(),
        settings.augment().frames(),
        settings.augment().evaluationRatio(),
        settings.encoder().backend(),
        "none",
        Map.of());
  }

  private static int count(Manifest manifest) {
    return manifest.split(Split.TRAIN).sequences() + manifest.split(Split.TEST).sequences();
  }

  /** Embeds once and returns the sequences a second, from the call to the manifest. */
  private static double run(
      SparkSession session, TrainedEncoders encoders, Manifest manifest, String data, Path out)
      throws IOException {
    EmbeddingRequest request =
        new EmbeddingRequest(
            encoders,
            EmbeddingVector.REPRESENTATION,
            data,
            manifest,
            List.of(Split.values()),
            out.toUri().toString(),
            false,
            Sessions.taskCores(session),
            Versions.current());
    long start = System.nanoTime();
    Embedding.run(session, request, EmbeddingProgress.SILENT);
    return count(manifest) / ((System.nanoTime() - start) * 1e-9);
  }
}
