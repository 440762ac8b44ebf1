package dev.armature.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A way of telling what representations are worth. */
public enum EvaluationProtocol {
  /** The label of the nearest training sequences, by cosine; nothing is learned. */
  KNN,
  /** How well a test sequence finds the training sequences of its class, by cosine. */
  RETRIEVAL,
  /** The nearest of one training sequence a class, by cosine; nothing is learned. */
  ONE_SHOT,
  /** A linear classifier on frozen representations. */
  LINEAR,
  /** Encoder and classifier trained together, with labels for a part of the sequences. */
  SEMI_SUPERVISED,
  /** Encoder and classifier trained together, with all labels. */
  FINE_TUNE;

  /** The name used on the command line and in results, for instance {@code one-shot}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether encoders are trained further by it; otherwise they stay as they are. */
  public boolean trainsEncoders() {
    return this == SEMI_SUPERVISED || this == FINE_TUNE;
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
