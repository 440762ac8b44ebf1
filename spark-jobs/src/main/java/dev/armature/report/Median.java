package dev.armature.report;

import java.util.List;
import org.apache.commons.math3.stat.StatUtils;

/** The middle of measurements. */
public final class Median {
  private Median() {}

  /**
   * The median; of an even number of values, the mean of the two in the middle.
   *
   * @param values at least one
   */
  public static double of(List<Double> values) {
    return StatUtils.percentile(values.stream().mapToDouble(Double::doubleValue).toArray(), 50);
  }
}
