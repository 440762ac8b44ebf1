package dev.armature.evaluate.embedding;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.evaluate.FeatureExtraction;
import dev.armature.evaluate.Features;
import dev.armature.evaluate.SequenceBlocks;
import dev.armature.skeleton.Modality;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Computes what {@link EmbeddingReader} reads, for data of which no output is kept. */
public final class ComputedSequences {
  private ComputedSequences() {}

  private record Named(int index, EmbeddedSequences.Sequence sequence) implements Serializable {}

  /**
   * Represents all sequences of a data set.
   *
   * @param encoders of the modalities that are asked for; several make a combined vector
   * @param threads native threads of a task
   */
  public static EmbeddedSequences of(
      SparkSession session, TrainedEncoders encoders, String data, Manifest manifest, int threads) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    int columns = encoders.shape().representation() * encoders.modalities().size();
    int rows = 0;
    for (Split split : Split.values()) {
      rows += manifest.split(split).sequences();
    }
    List<EmbeddedSequences.Sequence> sequences = new ArrayList<>();
    float[] values = new float[Math.multiplyExact(rows, columns)];
    try (FeatureExtraction extraction =
        new FeatureExtraction(
            spark,
            new BackendEngines(encoders.backend(), threads),
            encoders.shape(),
            encoders.modalities(),
            encoders.parameters(),
            encoders.layout(),
            encoders.persons(),
            encoders.views())) {
      for (Split split : Split.values()) {
        JavaRDD<StoredSequence> stored = SkeletonStore.read(session, data, split);
        try (SequenceBlocks blocks =
            SequenceBlocks.of(spark, split.label(), stored, manifest.classes().count())) {
          float[][] encoded = new float[encoders.modalities().size()][];
          for (int modality = 0; modality < encoded.length; modality++) {
            Modality one = encoders.modalities().get(modality);
            Features features = extraction.evaluation(blocks, one);
            encoded[modality] = features.values();
          }
          write(encoded, blocks.rows(), values, sequences.size() * columns);
        }
        sequences.addAll(named(stored, split));
      }
    }
    return new EmbeddedSequences(sequences, new Features(rows, columns, values));
  }

  private static void write(float[][] encoded, int rows, float[] values, int offset) {
    int columns = encoded[0].length / rows;
    for (int row = 0; row < rows; row++) {
      if (encoded.length == 1) {
        System.arraycopy(encoded[0], row * columns, values, offset + row * columns, columns);
      } else {
        float[] combined = CombinedVector.of(encoded, row, columns);
        System.arraycopy(combined, 0, values, offset + row * combined.length, combined.length);
      }
    }
  }

  private static List<EmbeddedSequences.Sequence> named(
      JavaRDD<StoredSequence> stored, Split split) {
    return stored
        .map(
            each ->
                new Named(
                    each.index(),
                    new EmbeddedSequences.Sequence(
                        split, each.sequence().id(), each.sequence().label())))
        .collect()
        .stream()
        .sorted(Comparator.comparingInt(Named::index))
        .map(Named::sequence)
        .toList();
  }
}
