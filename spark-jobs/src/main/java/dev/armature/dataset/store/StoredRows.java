package dev.armature.dataset.store;

import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads a split's rows as they lie in the files.
 *
 * <p>Spark's reader fills columns; making rows of them copies every coordinate on its own, which
 * takes longer than anything else in reading. So columns are taken as they are, where Spark has
 * them.
 */
final class StoredRows {
  /** Sequences have some tens of kilobytes; Spark's 4,096 of them at a time would take too many. */
  private static final int ROWS_AT_A_TIME = 64;

  private static final String[] COLUMNS =
      Arrays.stream(SequenceRows.SCHEMA.fieldNames())
          .filter(name -> !name.equals(SequenceRows.SPLIT))
          .toArray(String[]::new);

  private StoredRows() {}

  /**
   * Some of a split's sequences, in no order.
   *
   * @param condition by which files and parts of files may be skipped
   * @param wanted by index: which of the others are
   */
  static JavaRDD<StoredSequence> read(
      SparkSession spark, String uri, Split split, Column condition, Wanted wanted) {
    SparkSession reading = spark.newSession();
    reading.conf().set(SQLConf.PARQUET_VECTORIZED_READER_BATCH_SIZE().key(), ROWS_AT_A_TIME);
    return sequences(table(reading, uri, split, condition), wanted);
  }

  /** The columns of a split but its name. */
  static Dataset<Row> table(SparkSession spark, String uri, Split split, Column condition) {
    return spark
        .read()
        .schema(SequenceRows.SCHEMA)
        .parquet(OutputFolder.sequences(uri))
        .where(functions.col(SequenceRows.SPLIT).equalTo(split.label()).and(condition))
        .select(Arrays.stream(COLUMNS).map(functions::col).toArray(Column[]::new));
  }

  static JavaRDD<StoredSequence> sequences(Dataset<Row> table, Wanted wanted) {
    Optional<SparkPlan> columns = columns(table.queryExecution().executedPlan());
    if (columns.isPresent()) {
      return columns.get().executeColumnar().toJavaRDD().flatMap(batch -> batch(batch, wanted));
    }
    return table
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .map(SequenceRows::fromRow)
        .filter(stored -> wanted.test(stored.index()));
  }

  /**
   * The part of a plan that puts out whole columns; empty if none does. Filters above it are left
   * out: what they test, {@code Wanted} does.
   */
  static Optional<SparkPlan> columns(SparkPlan whole) {
    SparkPlan plan = whole;
    while (!plan.supportsColumnar() && plan.children().size() == 1) {
      plan = plan.children().head();
    }
    return plan.supportsColumnar() && beginsWithColumns(plan)
        ? Optional.of(plan)
        : Optional.empty();
  }

  /** Whether these are those of the schema, in its order; what folders tell may come after them. */
  private static boolean beginsWithColumns(SparkPlan plan) {
    return plan.output().size() >= COLUMNS.length
        && IntStream.range(0, COLUMNS.length)
            .allMatch(place -> plan.output().apply(place).name().equals(COLUMNS[place]));
  }

  /** Which indices are wanted; travels to executors. */
  @FunctionalInterface
  interface Wanted extends IntPredicate, Serializable {}

  private static Iterator<StoredSequence> batch(ColumnarBatch batch, IntPredicate wanted) {
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
