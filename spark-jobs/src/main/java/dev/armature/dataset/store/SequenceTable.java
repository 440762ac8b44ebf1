package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a user's own table of sequences, checked as a whole: {@code id}, {@code label},
 * {@code split} (or the column that the protocol splits by), {@code coordinates}, and perhaps
 * {@code persons}, {@code frames}, {@code subject}, {@code camera}, {@code setup}.
 *
 * @param schema the table's
 * @param depth of nesting of the coordinates: 1 (flat), 3 (frames × joints × xyz) or 4 (frames ×
 *     persons × joints × xyz)
 * @param named whether labels are the classes' names, not their numbers
 * @param parted whether it has a column that says which part a sequence belongs to
 */
record SequenceTable(StructType schema, int depth, boolean named, boolean parted) {
  /** A subject, camera or set-up that a row does not name. */
  private static final int UNKNOWN = -1;

  static final String ID = "id";
  static final String LABEL = "label";
  static final String COORDINATES = "coordinates";
  static final String PERSONS = "persons";
  static final String FRAMES = "frames";

  /**
   * Checks a table's columns.
   *
   * @param split by what, where the table has no column {@code split}
   * @param training whether the user said who trains
   * @throws DatasetException naming everything that is wrong
   */
  static SequenceTable of(StructType schema, String source, Protocol split, boolean training) {
    List<String> problems = new ArrayList<>();
    int depth = 0;
    for (String column : List.of(ID, LABEL, COORDINATES)) {
      if (!has(schema, column)) {
        problems.add("column %s is missing".formatted(column));
      }
    }
    if (has(schema, COORDINATES)) {
      DataType element = type(schema, COORDINATES);
      for (; element instanceof ArrayType array; element = array.elementType()) {
        depth++;
      }
      if (!(element instanceof NumericType) || (depth != 1 && depth != 3 && depth != 4)) {
        problems.add(
            "column coordinates is %s, expected array<float>, or arrays of frames × persons × joints × xyz"
                .formatted(type(schema, COORDINATES).simpleString()));
      }
    }
    boolean named = has(schema, LABEL) && type(schema, LABEL) instanceof StringType;
    if (has(schema, LABEL) && !named && !whole(type(schema, LABEL))) {
      problems.add(
          "column label is %s, expected a whole number or the class's name"
              .formatted(type(schema, LABEL).simpleString()));
    }
    for (String column : List.of(PERSONS, FRAMES, "subject", "camera", "setup")) {
      if (has(schema, column) && !whole(type(schema, column))) {
        problems.add(
            "column %s is %s, expected a whole number"
                .formatted(column, type(schema, column).simpleString()));
      }
    }
    boolean splits = has(schema, SequenceRows.SPLIT);
    checkSplit(schema, split, training, splits, problems);
    if (!problems.isEmpty()) {
      throw new DatasetException(
          "%s cannot be prepared: %s; it has the columns %s"
              .formatted(source, String.join("; ", problems), schema.simpleString()));
    }
    return new SequenceTable(schema, depth, named, splits);
  }

  private static void checkSplit(
      StructType schema,
      Protocol protocol,
      boolean training,
      boolean splits,
      List<String> problems) {
    if (splits && training) {
      problems.add(
          "it has a column split, and --training says something else; leave one of them out");
    } else if (!splits && !training) {
      problems.add(
          "it has no column split (train or test), and no --training says which %ss train"
              .formatted(column(protocol)));
    } else if (!splits && !has(schema, column(protocol))) {
      problems.add(
          "protocol %s splits by the column %s, which is missing"
              .formatted(protocol.label(), column(protocol)));
    }
  }

  /** The column that a protocol splits by. */
  private static String column(Protocol protocol) {
    return switch (protocol) {
      case XSUB -> "subject";
      case XVIEW -> "camera";
      case XSETUP -> "setup";
    };
  }

  private static boolean has(StructType schema, String column) {
    return Arrays.asList(schema.fieldNames()).contains(column);
  }

  private static DataType type(StructType schema, String column) {
    StructField field = schema.fields()[schema.fieldIndex(column)];
    return field.dataType();
  }

  private static boolean whole(DataType type) {
    return List.of(
            DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType)
        .contains(type);
  }

  /** What a listing needs: id, label, split, subject, camera, set-up, length of the coordinates. */
  Column[] listing() {
    return new Column[] {
      functions.col(ID).cast(DataTypes.StringType),
      functions.col(LABEL).cast(named ? DataTypes.StringType : DataTypes.LongType),
      parted
          ? functions.col(SequenceRows.SPLIT).cast(DataTypes.StringType)
          : functions.lit(null).cast(DataTypes.StringType),
      number("subject", UNKNOWN),
      number("camera", UNKNOWN),
      number("setup", UNKNOWN),
      functions.size(functions.col(COORDINATES))
    };
  }

  /** What reading needs: id, persons, frames (−1 where it is not said), coordinates. */
  Column[] content() {
    String type = "float";
    for (int i = 0; i < depth; i++) {
      type = "array<" + type + ">";
    }
    return new Column[] {
      functions.col(ID).cast(DataTypes.StringType),
      number(PERSONS, 1),
      number(FRAMES, -1),
      functions.col(COORDINATES).cast(type.toLowerCase(Locale.ROOT))
    };
  }

  private Column number(String column, int otherwise) {
    Column fallback = functions.lit(otherwise);
    return has(schema, column)
        ? functions.coalesce(functions.col(column).cast(DataTypes.IntegerType), fallback)
        : fallback;
  }
}
