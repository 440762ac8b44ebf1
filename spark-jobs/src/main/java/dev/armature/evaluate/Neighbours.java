package dev.armature.evaluate;

import java.io.Serializable;
import java.util.List;

/**
 * The nearest training sequences of each query, nearest first; of two at the same distance the one
 * with the lower index is the nearer.
 *
 * @param count neighbours a query
 * @param indices queries × count: rows of the training features
 * @param similarities queries × count, falling
 */
record Neighbours(int count, int[] indices, float[] similarities) implements Serializable {

  /** Those of several tiles of queries, one behind the other. */
  static Neighbours together(int count, List<Neighbours> tiles) {
    int[] indices = new int[tiles.stream().mapToInt(tile -> tile.indices.length).sum()];
    float[] similarities = new float[indices.length];
    int next = 0;
    for (Neighbours tile : tiles) {
      System.arraycopy(tile.indices, 0, indices, next, tile.indices.length);
      System.arraycopy(tile.similarities, 0, similarities, next, tile.indices.length);
      next += tile.indices.length;
    }
    return new Neighbours(count, indices, similarities);
  }

  /**
   * The class that most of a query's neighbours have; of classes with as many, the lowest, as
   * scikit-learn's {@code KNeighborsClassifier} does.
   */
  int vote(int query, int[] trainingLabels, int classes) {
    int[] votes = votes(query, trainingLabels, classes);
    int best = 0;
    for (int label = 1; label < classes; label++) {
      if (votes[label] > votes[best]) {
        best = label;
      }
    }
    return best;
  }

  /** How many of a query's neighbours are of each class. */
  int[] votes(int query, int[] trainingLabels, int classes) {
    int[] votes = new int[classes];
    int first = query * count;
    for (int place = first; place < first + count; place++) {
      votes[trainingLabels[indices[place]]]++;
    }
    return votes;
  }
}
