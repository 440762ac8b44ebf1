package dev.armature.report;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.math3.stat.StatUtils;

/**
 * What repeated measurements tell.
 *
 * @param count how many, at least 1
 * @param mean their mean
 * @param deviation their sample standard deviation, whose squares are summed over count − 1; NaN of
 *     a single one
 */
public record Sample(int count, double mean, double deviation) {

  /**
   * Of at least one measurement.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Sample of(Collection<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a sample needs at least one value, found none");
    }
    double[] numbers = values.stream().mapToDouble(value -> value).toArray();
    double deviation = numbers.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(numbers));
    return new Sample(numbers.length, StatUtils.mean(numbers), deviation);
  }

  /** With two decimals: {@code 66.51 ± 1.20}, or {@code 66.51} of a single one. */
  public String text() {
    return Double.isNaN(deviation)
        ? String.format(Locale.ROOT, "%.2f", mean)
        : String.format(Locale.ROOT, "%.2f ± %.2f", mean, deviation);
  }
}
