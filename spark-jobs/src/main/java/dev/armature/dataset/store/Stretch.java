package dev.armature.dataset.store;

import java.io.Serializable;

/**
 * Sequences of a split that follow one another.
 *
 * @param first index of the first one, 0-based
 * @param sequences how many, at least 1
 */
public record Stretch(int first, int sequences) implements Serializable {

  /**
   * @throws IllegalArgumentException if it begins before the split does, or is empty
   */
  public Stretch {
    if (first < 0 || sequences < 1) {
      throw new IllegalArgumentException(
          "a stretch begins at index 0 or later and has at least 1 sequence, found index %d and %d sequences"
              .formatted(first, sequences));
    }
  }

  /** The index after its last. */
  public int end() {
    return first + sequences;
  }
}
