package dev.armature.evaluate;

import dev.armature.round.Bfloat16;
import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * The training features of one stream, as they are searched: a query {@code x} is the nearer to a
 * row {@code y} the larger {@code x·y − offset(y)} is.
 *
 * <p>Most rows can be told to be too far by products of rounded numbers. For these the rows' mean
 * is taken off queries and rows alike, which leaves {@code (x−m)·(y−m) − (offset(y) − m·y)}, the
 * same but for a number of the query's own, of far smaller vectors. By how much rounding may change
 * it follows from the lengths of the vectors and of what rounding takes from them (Cauchy–Schwarz),
 * and from the additions. Safe to share between threads.
 */
final class Gallery implements Serializable {
  /** Sums and differences of a few floats: well above what their rounding can come to. */
  private static final double UNIT = 0x1p-22;

  private final Features features;
  private final float[] mean;
  private final double[] offsets;
  private final float[] screenOffsets;
  private final double longest;
  private final double mostRounded;
  private final double largestOffset;

  /**
   * @param features prepared by the metric; not empty
   */
  Gallery(Features features, Metric metric) {
    this.features = features;
    offsets = metric.offsets(features);
    mean = mean(features);
    screenOffsets = new float[features.rows()];
    double[] lengths = new double[features.rows()];
    double[] rounding = new double[features.rows()];
    IntStream.range(0, features.rows()).parallel().forEach(row -> measure(row, lengths, rounding));
    longest = largest(lengths);
    mostRounded = largest(rounding);
    double offset = 0;
    for (float each : screenOffsets) {
      offset = Math.max(offset, Math.abs(each));
    }
    largestOffset = offset;
  }

  private static float[] mean(Features features) {
    int columns = features.columns();
    double[] sums = new double[columns];
    for (int row = 0; row < features.rows(); row++) {
      int from = row * columns;
      for (int column = 0; column < columns; column++) {
        sums[column] += features.values()[from + column];
      }
    }
    float[] mean = new float[columns];
    for (int column = 0; column < columns; column++) {
      mean[column] = (float) (sums[column] / features.rows());
    }
    return mean;
  }

  private void measure(int row, double[] lengths, double[] rounding) {
    int columns = features.columns();
    float[] values = features.values();
    double along = 0;
    double squares = 0;
    double rounded = 0;
    for (int column = 0; column < columns; column++) {
      double value = values[row * columns + column];
      double centred = value - mean[column];
      double lost = centred - Bfloat16.value(Bfloat16.of((float) centred));
      along += value * mean[column];
      squares += centred * centred;
      rounded += lost * lost;
    }
    screenOffsets[row] = (float) (offsets[row] - along);
    lengths[row] = Math.sqrt(squares);
    rounding[row] = Math.sqrt(rounded);
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  int rows() {
    return features.rows();
  }

  int columns() {
    return features.columns();
  }

  /** What products of rounded, centred numbers lack: to be taken off them, by row. */
  float[] screenOffsets() {
    return screenOffsets;
  }

  /** Writes centred rows, of the gallery itself or of queries, one after the other. */
  void centre(float[] values, int firstRow, int rows, float[] centred) {
    int columns = features.columns();
    int from = firstRow * columns;
    for (int row = 0; row < rows; row++) {
      int place = row * columns;
      for (int column = 0; column < columns; column++) {
        centred[place + column] = values[from + place + column] - mean[column];
      }
    }
  }

  /** How far, up or down, a query's screened nearness may be from its own number plus the truth. */
  double error(float[] query, int from) {
    int columns = features.columns();
    double squares = 0;
    double rounded = 0;
    for (int column = 0; column < columns; column++) {
      double centred = (double) query[from + column] - mean[column];
      double lost = centred - Bfloat16.value(Bfloat16.of((float) centred));
      squares += centred * centred;
      rounded += lost * lost;
    }
    double length = Math.sqrt(squares);
    double lost = Math.sqrt(rounded);
    double lengths = (length + lost) * (longest + mostRounded);
    return lost * longest
        + (length + lost) * mostRounded
        + UNIT * ((columns / 4.0 + 8) * lengths + 4 * largestOffset);
  }

  /** What a query's nearness is larger by than its screened one. */
  double ownNumber(float[] query, int from) {
    double sum = 0;
    for (int column = 0; column < mean.length; column++) {
      sum += ((double) query[from + column] - mean[column]) * mean[column];
    }
    return sum;
  }

  /** The nearness of a row, in double precision. */
  double nearness(float[] query, int from, int row) {
    int columns = features.columns();
    float[] values = features.values();
    int place = row * columns;
    double first = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    int column = 0;
    for (; column + 3 < columns; column += 4) {
      first += (double) query[from + column] * values[place + column];
      second += (double) query[from + column + 1] * values[place + column + 1];
      third += (double) query[from + column + 2] * values[place + column + 2];
      fourth += (double) query[from + column + 3] * values[place + column + 3];
    }
    for (; column < columns; column++) {
      first += (double) query[from + column] * values[place + column];
    }
    return (first + second) + (third + fourth) - offsets[row];
  }

  float[] values() {
    return features.values();
  }
}
