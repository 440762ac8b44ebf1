package dev.armature.evaluate.embedding;

import dev.armature.dataset.Split;
import dev.armature.evaluate.Features;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sequences with one vector each, in memory: what is searched.
 *
 * @param sequences by row
 * @param vectors by row
 */
public record EmbeddedSequences(List<Sequence> sequences, Features vectors) {

  /**
   * A sequence, as far as search shows it.
   *
   * @param split of the data set
   * @param id unique in the data set
   * @param label the action; below 0 where there is none
   */
  public record Sequence(Split split, String id, int label) implements Serializable {}

  /** Copies the list. */
  public EmbeddedSequences {
    sequences = List.copyOf(sequences);
    if (sequences.size() != vectors.rows()) {
      throw new IllegalArgumentException(
          "%d sequences with %d vectors".formatted(sequences.size(), vectors.rows()));
    }
  }

  /** Rows by id. */
  public Map<String, Integer> rows() {
    Map<String, Integer> rows = new HashMap<>();
    for (int row = 0; row < sequences.size(); row++) {
      rows.put(sequences.get(row).id(), row);
    }
    return rows;
  }

  /** The rows of some splits, ascending. */
  public int[] rows(List<Split> splits) {
    int[] rows = new int[sequences.size()];
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      if (splits.contains(sequences.get(row).split())) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** The vectors of some rows. */
  public Features vectors(int[] rows) {
    int columns = vectors.columns();
    float[] values = new float[Math.multiplyExact(rows.length, columns)];
    for (int place = 0; place < rows.length; place++) {
      System.arraycopy(vectors.values(), rows[place] * columns, values, place * columns, columns);
    }
    return new Features(rows.length, columns, values);
  }

  /** The labels of some rows. */
  public int[] labels(int[] rows) {
    return Arrays.stream(rows).map(row -> sequences.get(row).label()).toArray();
  }

  /** Whether any sequence has a label. */
  public boolean areLabelled() {
    return sequences.stream().anyMatch(sequence -> sequence.label() >= 0);
  }
}
