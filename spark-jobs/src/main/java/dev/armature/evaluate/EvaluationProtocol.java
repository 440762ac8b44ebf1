package dev.armature.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A way of telling what representations are worth. */
public enum EvaluationProtocol {
  /** The label of the nearest training sequences, by cosine; nothing is learned. */
  KNN,
  /** A linear classifier on frozen representations. */
  LINEAR;

  /** The name used on the command line and in results, for instance {@code knn}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names of all protocols. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(EvaluationProtocol::label).toList();
  }

  /**
   * The protocol of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static EvaluationProtocol of(String label) {
    return Arrays.stream(values())
        .filter(protocol -> protocol.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown protocol '%s'; choose from %s".formatted(label, labels())));
  }
}
