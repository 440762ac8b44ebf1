package dev.armature.evaluate;

import dev.armature.round.DurableFile;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Representations as NumPy files, for whoever measures them elsewhere: {@code train-joint.npy},
 * {@code test-joint.npy} and so on (sequences × representation, float32, in the data set's order,
 * of the evaluation crop, not normalized), with {@code train-labels.npy} and {@code
 * test-labels.npy}.
 */
public final class FeatureFiles {
  private final JavaSparkContext spark;
  private final EngineFactory engines;

  /**
   * @param engines opens the engines of the executors' tasks
   */
  public FeatureFiles(JavaSparkContext spark, EngineFactory engines) {
    this.spark = spark;
    this.engines = engines;
  }

  /**
   * Writes the representations by the trained encoders.
   *
   * @param folder on any Hadoop file system; files in it are replaced
   * @throws IllegalArgumentException if a split is empty, its labels or indices are wrong
   * @throws IllegalStateException if a representation is not finite
   * @throws IOException if a file cannot be written
   */
  public void write(
      EvaluationInput input, EvaluatedEncoders encoders, Path folder, Configuration configuration)
      throws IOException {
    try (SequenceBlocks training =
            SequenceBlocks.of(spark, "training", input.training(), input.classes());
        SequenceBlocks test = SequenceBlocks.of(spark, "test", input.test(), input.classes());
        FeatureExtraction extraction =
            new FeatureExtraction(
                spark,
                engines,
                encoders.shape(),
                encoders.modalities(),
                encoders.trained(),
                input.layout(),
                input.persons(),
                input.views())) {
      write("train", training, extraction, folder, configuration);
      write("test", test, extraction, folder, configuration);
    }
  }

  private static void write(
      String split,
      SequenceBlocks sequences,
      FeatureExtraction extraction,
      Path folder,
      Configuration configuration)
      throws IOException {
    for (Modality modality : extraction.modalities()) {
      Features features = extraction.evaluation(sequences, modality);
      try (INDArray array =
          Nd4j.create(features.values(), new long[] {features.rows(), features.columns()}, 'c')) {
        write(split + "-" + modality.label(), array, folder, configuration);
      }
    }
    try (INDArray labels = Nd4j.createFromArray(sequences.labels())) {
      write(split + "-labels", labels, folder, configuration);
    }
  }

  private static void write(String name, INDArray array, Path folder, Configuration configuration)
      throws IOException {
    DurableFile.replace(new Path(folder, name + ".npy"), Nd4j.toNpyByteArray(array), configuration);
  }
}
