package dev.armature.report.page;

import java.util.Arrays;

/**
 * A curve of any length in bounded memory: where there are more values than points, a point is the
 * mean of as many neighbouring values as any other, a power of two. Not thread-safe.
 */
public final class BoundedSeries {
  private final double[] x;
  private final double[] y;

  /** Whole points. */
  private int points;

  /** Values a point. */
  private int stride = 1;

  /** Values of the point that is not whole yet, and their sums. */
  private int pending;

  private double pendingX;
  private double pendingY;

  /**
   * @param most points, an even number, at least 2
   */
  public BoundedSeries(int most) {
    if (most < 2 || most % 2 != 0) {
      throw new IllegalArgumentException(
          "a series holds an even number of points, at least 2, found %d".formatted(most));
    }
    x = new double[most];
    y = new double[most];
  }

  /**
   * Appends a value; one that is not finite is left out, and leaves no trace.
   *
   * @param at place on the axis, rising
   */
  public void add(double at, double value) {
    if (!Double.isFinite(value)) {
      return;
    }
    if (points == x.length) {
      halve();
    }
    pending++;
    pendingX += at;
    pendingY += value;
    if (pending == stride) {
      x[points] = pendingX / stride;
      y[points] = pendingY / stride;
      points++;
      clearPending();
    }
  }

  private void halve() {
    points /= 2;
    for (int point = 0; point < points; point++) {
      x[point] = (x[2 * point] + x[2 * point + 1]) / 2;
      y[point] = (y[2 * point] + y[2 * point + 1]) / 2;
    }
    stride *= 2;
  }

  private void clearPending() {
    pending = 0;
    pendingX = 0;
    pendingY = 0;
  }

  /** Values that each point but the last is the mean of. */
  public int valuesAPoint() {
    return stride;
  }

  /** Places of the points; the last may be of fewer values than the others. */
  public double[] places() {
    return withPending(x, pendingX);
  }

  /** Values of the points. */
  public double[] values() {
    return withPending(y, pendingY);
  }

  private double[] withPending(double[] whole, double sum) {
    double[] all = Arrays.copyOf(whole, points + (pending > 0 ? 1 : 0));
    if (pending > 0) {
      all[points] = sum / pending;
    }
    return all;
  }
}
