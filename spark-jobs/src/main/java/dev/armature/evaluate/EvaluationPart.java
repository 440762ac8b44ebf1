package dev.armature.evaluate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A portion of an evaluation whose figures are there together or not at all: a protocol's, of the
 * trained encoders or of those with random weights; of semi-supervised training, at one fraction.
 *
 * @param name which also begins the keys of its figures
 * @param protocol that it is a part of
 */
public record EvaluationPart(String name, EvaluationProtocol protocol) {
  /** The name of the baseline that every evaluation has beside its protocols. */
  public static final String GEOMETRIC = "geometric.knn";

  /** All parts of an evaluation, but for the geometric baseline. */
  public static List<EvaluationPart> of(EvaluationSettings settings) {
    List<EvaluationPart> parts = new ArrayList<>();
    for (EvaluationProtocol protocol : EvaluationProtocol.values()) {
      if (settings.protocols().contains(protocol)) {
        names("", protocol, settings.fineTune()).forEach(parts::add);
        if (!protocol.trainsEncoders() || settings.fineTune().randomWeights()) {
          names(EvaluationResult.RANDOM_WEIGHTS, protocol, settings.fineTune()).forEach(parts::add);
        }
      }
    }
    return List.copyOf(parts);
  }

  private static Stream<EvaluationPart> names(
      String prefix, EvaluationProtocol protocol, FineTuneSettings fineTune) {
    String name = prefix + protocol.label();
    return protocol == EvaluationProtocol.SEMI_SUPERVISED
        ? fineTune.fractions().stream()
            .map(fraction -> new EvaluationPart(name + "." + percent(fraction), protocol))
        : Stream.of(new EvaluationPart(name, protocol));
  }

  /** Whether it is of the encoders with random weights. */
  public boolean isOfRandomWeights() {
    return name.startsWith(EvaluationResult.RANDOM_WEIGHTS);
  }

  /** For instance {@code 5-percent}. */
  static String percent(double fraction) {
    return BigDecimal.valueOf(fraction).movePointRight(2).stripTrailingZeros().toPlainString()
        + "-percent";
  }
}
