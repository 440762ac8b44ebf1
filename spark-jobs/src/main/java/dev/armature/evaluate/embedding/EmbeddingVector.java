package dev.armature.evaluate.embedding;

import dev.armature.encoder.EncoderShape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Which of an encoder's vectors is taken. */
public enum EmbeddingVector {
  /**
   * The last frame of the last recurrent layer, before the heads: 2·hidden numbers. What evaluation
   * measures, and what classifiers and search do best with.
   */
  REPRESENTATION,
  /** What the instance head makes of it, of length 1: shorter, and closer to the pretext task. */
  HEAD;

  /** Its name in commands, parameters and files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Numbers of one modality's vector. */
  public int length(EncoderShape shape) {
    return this == HEAD ? shape.embedding() : shape.representation();
  }

  /** All labels. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(EmbeddingVector::label).toList();
  }

  /**
   * The vector of a label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static EmbeddingVector of(String label) {
    return Arrays.stream(values())
        .filter(vector -> vector.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no vector is named '%s'; choose from %s".formatted(label, labels())));
  }
}
