package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Split;
import java.util.Arrays;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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
    Column[] columns =
        Arrays.stream(SequenceRows.SCHEMA.fieldNames())
            .filter(name -> !name.equals(SequenceRows.SPLIT))
            .map(functions::col)
            .toArray(Column[]::new);
    Dataset<Row> rows =
        spark
            .read()
            .schema(SequenceRows.SCHEMA)
            .parquet(OutputFolder.sequences(uri))
            .where(functions.col(SequenceRows.SPLIT).equalTo(split.label()))
            .select(columns);
    return rows.queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapToPair(
            row -> {
              StoredSequence stored = SequenceRows.fromRow(row);
              return new Tuple2<>(stored.index(), stored);
            })
        .repartitionAndSortWithinPartitions(new IndexRanges(partitions, sequences))
        .values();
  }
}
