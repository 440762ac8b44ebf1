package dev.armature.dataset.store;

import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads a split's rows as they lie in the files.
 *
 * <p>Spark's reader fills columns; making rows of them copies every coordinate on its own, which
 * takes longer than anything else in reading. So columns are taken as they are, where Spark has
 * them.
 */
final class StoredRows {
  private StoredRows() {}

  /**
   * Some of a split's sequences, in no order.
   *
   * @param condition by which files and parts of files may be skipped
   * @param wanted by index: which of the others are
   */
  static JavaRDD<StoredSequence> read(
      SparkSession spark, String uri, Split split, Column condition, Wanted wanted) {
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
            .where(functions.col(SequenceRows.SPLIT).equalTo(split.label()).and(condition))
            .select(columns);
    SparkPlan plan = rows.queryExecution().executedPlan();
    while (!plan.supportsColumnar() && plan.children().size() == 1) {
      plan = plan.children().head();
    }
    if (plan.supportsColumnar() && hasColumns(plan, columns.length)) {
      return plan.executeColumnar().toJavaRDD().flatMap(batch -> sequences(batch, wanted));
    }
    return rows.queryExecution()
        .toRdd()
        .toJavaRDD()
        .map(SequenceRows::fromRow)
        .filter(stored -> wanted.test(stored.index()));
  }

  /** Whether a plan puts out the columns of the schema, in its order. */
  private static boolean hasColumns(SparkPlan plan, int count) {
    return plan.output().size() == count
        && IntStream.range(0, count)
            .allMatch(
                place ->
                    plan.output()
                        .apply(place)
                        .name()
                        .equals(SequenceRows.SCHEMA.fieldNames()[place]));
  }

  /** Which indices are wanted; travels to executors. */
  @FunctionalInterface
  interface Wanted extends IntPredicate, Serializable {}

  private static Iterator<StoredSequence> sequences(ColumnarBatch batch, IntPredicate wanted) {
    return IntStream.range(0, batch.numRows())
        .filter(row -> wanted.test(batch.column(0).getInt(row)))
        .mapToObj(row -> sequence(batch, row))
        .iterator();
  }

  private static StoredSequence sequence(ColumnarBatch batch, int row) {
    return new StoredSequence(
        batch.column(0).getInt(row),
        new SkeletonSequence(
            batch.column(1).getUTF8String(row).toString(),
            batch.column(2).getInt(row),
            batch.column(3).getInt(row),
            batch.column(4).getInt(row),
            batch.column(5).getInt(row),
            batch.column(6).getInt(row),
            batch.column(7).getInt(row),
            batch.column(8).getInt(row),
            batch.column(9).getArray(row).toFloatArray()));
  }
}
