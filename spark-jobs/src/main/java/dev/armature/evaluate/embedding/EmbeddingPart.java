package dev.armature.evaluate.embedding;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Stretch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One file of an output: some sequences of a split that follow one another.
 *
 * <p>Which these are depends on the number of sequences in the split and on nothing else, so that a
 * call that goes on with another's work, on whatever cluster, makes the very same files.
 *
 * @param number of the part among those of its split, 0-based
 * @param split whose sequences these are
 * @param stretch which of them
 */
public record EmbeddingPart(int number, Split split, Stretch stretch) implements Serializable {
  /** Parts of a large split: some for every core of a cluster, and something to show for. */
  private static final int PARTS = 64;

  /** Vectors of three modalities of the largest published encoders take 64 MB then. */
  private static final int MOST_ROWS = 16 * BlockEncoder.ROWS;

  /**
   * The parts of an output, split by split, each in the order of the index.
   *
   * @param sequences by split
   */
  static List<EmbeddingPart> of(Map<Split, Integer> sequences) {
    List<EmbeddingPart> parts = new ArrayList<>();
    sequences.forEach(
        (split, count) -> {
          int rows = rows(count);
          for (int first = 0; first < count; first += rows) {
            Stretch stretch = new Stretch(first, Math.min(rows, count - first));
            parts.add(new EmbeddingPart(first / rows, split, stretch));
          }
        });
    return parts;
  }

  /** Whole blocks, so that no part ends within one. */
  private static int rows(int sequences) {
    int even = (sequences + PARTS - 1) / PARTS;
    int blocks = (even + BlockEncoder.ROWS - 1) / BlockEncoder.ROWS;
    return Math.min(MOST_ROWS, Math.max(1, blocks) * BlockEncoder.ROWS);
  }

  /** Its name below {@code embeddings}; names of a split sort as its sequences do. */
  public String file() {
    return "%s-%05d.parquet".formatted(split.label(), number);
  }
}
