package dev.armature.dataset.store;

import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonSequence;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Sequences as rows of a table, and back. */
final class SequenceRows {
  static final String SPLIT = "split";
  static final String INDEX = "index";

  /** The columns; in the files the last one is the folders' name. */
  static final StructType SCHEMA =
      new StructType()
          .add(INDEX, DataTypes.IntegerType, false)
          .add("id", DataTypes.StringType, false)
          .add("label", DataTypes.IntegerType, false)
          .add("subject", DataTypes.IntegerType, false)
          .add("camera", DataTypes.IntegerType, false)
          .add("setup", DataTypes.IntegerType, false)
          .add("frames", DataTypes.IntegerType, false)
          .add("persons", DataTypes.IntegerType, false)
          .add("joints", DataTypes.IntegerType, false)
          .add("coordinates", DataTypes.createArrayType(DataTypes.FloatType, false), false)
          .add(SPLIT, DataTypes.StringType, false);

  private SequenceRows() {}

  static Row toRow(int index, Split split, SkeletonSequence sequence) {
    return RowFactory.create(
        index,
        sequence.id(),
        sequence.label(),
        sequence.subject(),
        sequence.camera(),
        sequence.setup(),
        sequence.frames(),
        sequence.persons(),
        sequence.joints(),
        sequence.coordinates(),
        split.label());
  }

  /** Reads Spark's own row, whose array of floats comes out without boxing. */
  static StoredSequence fromRow(InternalRow row) {
    return new StoredSequence(
        row.getInt(0),
        new SkeletonSequence(
            row.getUTF8String(1).toString(),
            row.getInt(2),
            row.getInt(3),
            row.getInt(4),
            row.getInt(5),
            row.getInt(6),
            row.getInt(7),
            row.getInt(8),
            row.getArray(9).toFloatArray()));
  }
}
