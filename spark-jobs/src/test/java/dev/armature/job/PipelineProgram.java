package dev.armature.job;

import dev.armature.evaluate.embedding.SkeletonEncoder;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a user's program does with exported encoders: a pipeline on prepared data, saved and loaded.
 * Prints the accuracy on the test split, in percent.
 */
final class PipelineProgram {
  private PipelineProgram() {}

  /** Takes the folders of the transformer, of the prepared data, and for the saved pipeline. */
  public static void main(String[] folders) throws Exception {
    try (SparkSession spark = SparkSession.builder().appName("pipeline").getOrCreate()) {
      Dataset<Row> sequences = spark.read().parquet(folders[1] + "/sequences");
      PipelineModel model =
          new Pipeline()
              .setStages(
                  new PipelineStage[] {
                    SkeletonEncoder.load(folders[0]),
                    new LogisticRegression()
                        .setFeaturesCol("embedding")
                        .setLabelCol("label")
                        .setRegParam(1e-3)
                        .setMaxIter(10)
                  })
              .fit(sequences.where("split = 'train'"));
      model.save(folders[2]);
      double accuracy =
          new MulticlassClassificationEvaluator()
              .setLabelCol("label")
              .setMetricName("accuracy")
              .evaluate(
                  PipelineModel.load(folders[2]).transform(sequences.where("split = 'test'")));
      System.out.printf("accuracy %.0f%n", 100 * accuracy);
    }
  }
}
