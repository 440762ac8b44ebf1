package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Split;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import scala.Tuple2;

/** Reads prepared data sets with Spark. */
public final class SkeletonStore {
  private SkeletonStore() {}

  /**
   * A split's sequences in ascending order of their index, in as many partitions as Spark's default
   * parallelism.
   *
   * @see #read(SparkSession, String, Split, int)
   */
  public static JavaRDD<StoredSequence> read(SparkSession spark, String uri, Split split) {
    return read(spark, uri, split, spark.sparkContext().defaultParallelism());
  }

  /**
   * A split's sequences in ascending order of their index: partition p of P holds the indices from
   * ⌊p·n/P⌋ to ⌊(p+1)·n/P⌋, whatever the files and the cluster.
   *
   * @param uri Hadoop path of the data set's folder
   * @param partitions at least 1
   * @throws DatasetException if the folder is no prepared data set
   */
  public static JavaRDD<StoredSequence> read(
      SparkSession spark, String uri, Split split, int partitions) {
    Manifest manifest = Manifest.read(spark.sparkContext().hadoopConfiguration(), uri);
    int sequences = manifest.split(split).sequences();
    return byIndex(StoredRows.read(spark, uri, split, functions.lit(true), index -> true))
        .repartitionAndSortWithinPartitions(new IndexRanges(partitions, sequences))
        .values();
  }

  /**
   * The sequences of some stretches of a split: partition p holds stretch p, in ascending order of
   * the index. Files and pages of files in which none of them lies are not read.
   *
   * @param uri Hadoop path of the data set's folder
   * @param stretches at least one; in rising order, without overlap
   */
  public static JavaRDD<StoredSequence> read(
      SparkSession spark, String uri, Split split, List<Stretch> stretches) {
    Stretches partitioner = new Stretches(stretches);
    Column condition = partitioner.condition(functions.col(SequenceRows.INDEX));
    return byIndex(StoredRows.read(spark, uri, split, condition, partitioner::has))
        .repartitionAndSortWithinPartitions(partitioner)
        .values();
  }

  private static JavaPairRDD<Integer, StoredSequence> byIndex(JavaRDD<StoredSequence> sequences) {
    return sequences.mapToPair(stored -> new Tuple2<>(stored.index(), stored));
  }
}
