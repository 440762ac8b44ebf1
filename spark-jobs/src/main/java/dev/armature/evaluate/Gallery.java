package dev.armature.evaluate;

import dev.armature.round.Bfloat16;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The training features of one stream, as they are searched: a query {@code x} is the nearer to a
 * row {@code y} the larger {@code x·y − offset(y)} is.
 *
 * <p>Most rows can be told to be too far by products of rounded numbers. For these the rows' mean
 * is taken off queries and rows alike, which leaves {@code (x−m)·(y−m) − (offset(y) − m·y)}, the
 * same but for a number of the query's own, of far smaller vectors. By how much rounding may change
 * it follows from the lengths of the two vectors and of what rounding takes from them
 * (Cauchy–Schwarz), and from the additions. It is known row by row, and for a block of rows as the
 * most of theirs: a row that is much longer than the others blurs its own block and no more. Safe
 * to share between threads.
 */
final class Gallery implements Serializable {
  /** Sums and differences of a few floats: well above what their rounding can come to. */
  private static final double UNIT = 0x1p-22;

  /** Rows of a block. */
  static final int BLOCK = 1024;

  /** How many times as long as most a row may be to count in the mean. */
  private static final double LONG = 4;

  private final Features features;
  private final float[] mean;
  private final double[] offsets;
  private final float[] screenOffsets;
  private final double[] lengths;
  private final double[] rounding;
  private final double[] blockLengths;
  private final double[] blockRounding;
  private final double[] blockOffsets;

  /**
   * @param features prepared by the metric; not empty
   */
  Gallery(Features features, Metric metric) {
    this.features = features;
    int rows = features.rows();
    offsets = metric.offsets(features);
    mean = mean(features);
    screenOffsets = new float[rows];
    lengths = new double[rows];
    rounding = new double[rows];
    IntStream.range(0, rows).parallel().forEach(this::measure);
    int blocks = (rows + BLOCK - 1) / BLOCK;
    blockLengths = new double[blocks];
    blockRounding = new double[blocks];
    blockOffsets = new double[blocks];
    for (int row = 0; row < rows; row++) {
      int block = row / BLOCK;
      blockLengths[block] = Math.max(blockLengths[block], lengths[row]);
      blockRounding[block] = Math.max(blockRounding[block], rounding[row]);
      blockOffsets[block] = Math.max(blockOffsets[block], Math.abs(screenOffsets[row]));
    }
  }

  /**
   * The mean of the rows, without those that would draw it far away from all others. Whatever is
   * taken off, what is found is the same.
   */
  private static float[] mean(Features features) {
    int columns = features.columns();
    double[] lengths =
        IntStream.range(0, features.rows())
            .parallel()
            .mapToDouble(row -> length(features, row))
            .toArray();
    double[] sorted = lengths.clone();
    Arrays.sort(sorted);
    double median = sorted[sorted.length / 2];
    double most = median > 0 ? LONG * median : Double.POSITIVE_INFINITY;
    double[] sums = new double[columns];
    int counted = 0;
    for (int row = 0; row < features.rows(); row++) {
      if (lengths[row] <= most) {
        int from = row * columns;
        for (int column = 0; column < columns; column++) {
          sums[column] += features.values()[from + column];
        }
        counted++;
      }
    }
    float[] mean = new float[columns];
    for (int column = 0; column < columns && counted > 0; column++) {
      mean[column] = (float) (sums[column] / counted);
    }
    return mean;
  }

  private static double length(Features features, int row) {
    double squares = 0;
    int end = (row + 1) * features.columns();
    for (int place = row * features.columns(); place < end; place++) {
      squares += (double) features.values()[place] * features.values()[place];
    }
    return Math.sqrt(squares);
  }

  private void measure(int row) {
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

  /**
   * What of a query decides on how far its screened nearness may be off.
   *
   * @param length when the mean is taken off
   * @param lost the length of what rounding takes from it
   */
  record QueryLength(double length, double lost) {}

  /** Measures a query. */
  QueryLength length(float[] query, int from) {
    int columns = features.columns();
    double squares = 0;
    double rounded = 0;
    for (int column = 0; column < columns; column++) {
      double centred = (double) query[from + column] - mean[column];
      double lost = centred - Bfloat16.value(Bfloat16.of((float) centred));
      squares += centred * centred;
      rounded += lost * lost;
    }
    return new QueryLength(Math.sqrt(squares), Math.sqrt(rounded));
  }

  /**
   * How far, up or down, the screened nearness of a row may be from the query's own number plus the
   * truth.
   */
  double error(QueryLength query, int row) {
    return error(query, lengths[row], rounding[row], Math.abs(screenOffsets[row]));
  }

  /** The same for a whole block of rows, at most. */
  double blockError(QueryLength query, int block) {
    return error(query, blockLengths[block], blockRounding[block], blockOffsets[block]);
  }

  private double error(QueryLength query, double length, double lost, double offset) {
    double all = query.length() + query.lost();
    return query.lost() * length
        + all * lost
        + UNIT * ((features.columns() / 4.0 + 8) * all * (length + lost) + 4 * offset);
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
