package dev.armature.evaluate;

import dev.armature.skeleton.SkeletonLayout;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Classification by the nearest neighbour by {@link GeometricDescriptor} and Euclidean distance.
 */
final class GeometricBaseline {
  private final SkeletonLayout layout;
  private final int persons;
  private final NeighbourEvaluation neighbours;

  GeometricBaseline(JavaSparkContext spark, SkeletonLayout layout, int persons, int threads) {
    this.layout = layout;
    this.persons = persons;
    neighbours = new NeighbourEvaluation(spark, Metric.EUCLIDEAN, 1, threads);
  }

  Classification classify(SequenceBlocks training, SequenceBlocks test, int classes) {
    return neighbours
        .classify(
            List.of(descriptors(training)),
            training.labels(),
            List.of(descriptors(test)),
            test.labels(),
            classes)
        .get(0);
  }

  private Features descriptors(SequenceBlocks sequences) {
    GeometricDescriptor descriptor = new GeometricDescriptor(layout, persons);
    int columns = descriptor.length();
    JavaRDD<Row> rows =
        sequences.ranked().map(ranked -> new Row(ranked._1(), descriptor.of(ranked._2())));
    float[] values = new float[Math.multiplyExact(sequences.rows(), columns)];
    long bytes = (long) values.length * Float.BYTES;
    for (int[] partitions :
        PartitionGroups.of(rows.getNumPartitions(), bytes, FeatureExtraction.JOB_BYTES)) {
      for (List<Row> partition : rows.collectPartitions(partitions)) {
        for (Row row : partition) {
          System.arraycopy(row.descriptor(), 0, values, row.rank() * columns, columns);
        }
      }
    }
    return new Features(sequences.rows(), columns, values);
  }

  private record Row(int rank, float[] descriptor) implements Serializable {}
}
