package dev.armature.evaluate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The figures of an evaluation and what is needed to read them, by flat key, in the order in which
 * they are to be shown.
 *
 * <p>Accuracies are in percent under keys such as {@code knn.joint.top1}, {@code
 * knn.three-stream.top1}, {@code linear.joint.top1} (last epoch), {@code
 * linear.joint.best-epoch.top1} (best epoch, as the authors report), {@code
 * linear.joint.best-epoch} (which one), {@code geometric.knn.top1}. All modalities together, each
 * with the same weight, are named by their number, from {@code two-stream} on. The same measure of
 * the encoders' initial weights stands under the same key after {@link #RANDOM_WEIGHTS}.
 *
 * @param values percents as {@link Double}, counts as {@link Integer} or {@link Long}, the rest as
 *     {@link String}
 */
public record EvaluationResult(Map<String, Object> values) {
  /** What stands before the keys of the encoders with initial weights. */
  public static final String RANDOM_WEIGHTS = "random-weights.";

  /** The end of every key of an accuracy. */
  public static final String ACCURACY = ".top1";

  /** Copies the map. */
  public EvaluationResult {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The percent under a key, if there is one. */
  public OptionalDouble percent(String key) {
    return values.get(key) instanceof Double percent
        ? OptionalDouble.of(percent)
        : OptionalDouble.empty();
  }
}
