package dev.armature.evaluate.embedding;

import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Coordinates as DataFrames hold them: all numbers in one array, as the prepared Parquet has them,
 * or nested by frames, joints and axes, with or without persons in between.
 *
 * @param depth of nesting: 1, 3 (frames × joints × 3) or 4 (frames × persons × joints × 3)
 * @param joints of a person
 */
record CoordinatesColumn(int depth, int joints) implements Serializable {
  /** What is accepted, in words. */
  static final String TYPES =
      "array<float> (frames × persons × joints × 3 in one row, as prepare writes it), array<array<array<float>>> (frames × joints × 3) or array<array<array<array<float>>>> (frames × persons × joints × 3), of float or double";

  /**
   * Numbers of a sequence.
   *
   * @param frames at least 1
   * @param persons at least 1
   * @param values frames × persons × joints × 3
   */
  record Coordinates(int frames, int persons, float[] values) {}

  /** The depth of nesting of a type, or 0 if it is none that is accepted. */
  static int depth(DataType type) {
    int depth = 0;
    DataType element = type;
    while (element instanceof ArrayType array) {
      depth++;
      element = array.elementType();
    }
    boolean numbers = element.equals(DataTypes.FloatType) || element.equals(DataTypes.DoubleType);
    return numbers && (depth == 1 || depth == 3 || depth == 4) ? depth : 0;
  }

  /**
   * Takes the numbers out of a row; those of the first 300 frames, as preparation does.
   *
   * @param place of the column
   * @param persons of a flat array
   * @throws InvalidRowException if they are missing or make no whole frames
   */
  Coordinates read(Row row, int place, int persons) throws InvalidRowException {
    if (row.isNullAt(place)) {
      throw new InvalidRowException("it is null");
    }
    List<?> outer = row.getList(place);
    if (outer.isEmpty()) {
      throw new InvalidRowException("it is empty");
    }
    return switch (depth) {
      case 1 -> flat(outer, persons);
      case 3 -> nested(outer, 1, false);
      default -> nested(outer, inner(outer.get(0), "frame 1").size(), true);
    };
  }

  private Coordinates flat(List<?> numbers, int persons) throws InvalidRowException {
    // A number of persons may be anything: no product of it before it is known to be small.
    int frame = persons < 1 || persons > numbers.size() / (joints * 3) ? 0 : persons * joints * 3;
    if (frame == 0 || numbers.size() % frame != 0) {
      throw new InvalidRowException(
          "it has %d numbers, which make no whole frames of %d persons × %d joints × 3"
              .formatted(numbers.size(), persons, joints));
    }
    int frames = Math.min(numbers.size() / frame, SkeletonSequence.MAX_FRAMES);
    float[] values = new float[frames * frame];
    int next = 0;
    for (Object number : numbers.subList(0, values.length)) {
      values[next] = number(number, next);
      next++;
    }
    return new Coordinates(frames, persons, values);
  }

  private Coordinates nested(List<?> allFrames, int persons, boolean named)
      throws InvalidRowException {
    if (persons < 1) {
      throw new InvalidRowException("frame 1 has no persons");
    }
    List<?> frames = allFrames.subList(0, Math.min(allFrames.size(), SkeletonSequence.MAX_FRAMES));
    float[] values = new float[frames.size() * persons * joints * 3];
    int next = 0;
    for (int frame = 0; frame < frames.size(); frame++) {
      String where = "frame " + (frame + 1);
      List<?> bodies =
          named
              ? inner(frames.get(frame), where)
              : new ArrayList<>(List.of(inner(frames.get(frame), where)));
      require(bodies.size(), persons, where, "persons, as its first frame has");
      for (Object body : bodies) {
        List<?> points = inner(body, where);
        require(points.size(), joints, where, "joints");
        for (Object point : points) {
          List<?> axes = inner(point, where);
          require(axes.size(), 3, where, "coordinates of every joint");
          for (Object number : axes) {
            values[next] = number(number, next);
            next++;
          }
        }
      }
    }
    return new Coordinates(frames.size(), persons, values);
  }

  private static List<?> inner(Object value, String where) throws InvalidRowException {
    if (value instanceof scala.collection.Seq<?> sequence) {
      return scala.collection.JavaConverters.seqAsJavaListConverter(sequence).asJava();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw new InvalidRowException("%s holds a null".formatted(where));
  }

  private static void require(int found, int expected, String where, String what)
      throws InvalidRowException {
    if (found != expected) {
      throw new InvalidRowException(
          "%s has %d, expected %d %s".formatted(where, found, expected, what));
    }
  }

  private static float number(Object value, int place) throws InvalidRowException {
    if (value instanceof Number number && Float.isFinite(number.floatValue())) {
      return number.floatValue();
    }
    throw new InvalidRowException(
        "its number %d is %s; coordinates are finite metres".formatted(place + 1, value));
  }
}
