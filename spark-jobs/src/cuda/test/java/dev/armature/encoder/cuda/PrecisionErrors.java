package dev.armature.encoder.cuda;

import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.EngineComparison.Deviation;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far tensors of a step are from those in double precision, as shares of their lengths.
 *
 * @param representations after the steps, the furthest
 * @param gradients the furthest
 * @param all the furthest of all
 */
record PrecisionErrors(double representations, double gradients, double all) {

  static PrecisionErrors of(Map<String, float[]> found, Map<String, float[]> exact) {
    List<Deviation> deviations = EngineComparison.compare(found, exact);
    return new PrecisionErrors(
        furthest(deviations, "representations"), furthest(deviations, "gradient"), furthest(deviations, ""));
  }

  private static double furthest(List<Deviation> deviations, String named) {
    return deviations.stream()
        .filter(each -> each.tensor().contains(named))
        .mapToDouble(Deviation::relative)
        .max()
        .orElseThrow();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "representations %.1e, gradients %.1e, all %.1e", representations, gradients, all);
  }
}
