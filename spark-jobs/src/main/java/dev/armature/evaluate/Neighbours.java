package dev.armature.evaluate;

import java.io.Serializable;

/**
 * The nearest training sequences of each query, nearest first; of two at the same distance the one
 * with the lower index is the nearer.
 *
 * @param count neighbours a query
 * @param indices queries × count: rows of the training features
 * @param similarities queries × count, falling
 */
record Neighbours(int count, int[] indices, float[] similarities) implements Serializable {

  /**
   * The class that most of a query's neighbours have; of classes with as many, the one whose first
   * neighbour is the nearest.
   */
  int vote(int query, int[] trainingLabels, int classes) {
    int[] votes = new int[classes];
    int first = query * count;
    for (int place = first; place < first + count; place++) {
      votes[trainingLabels[indices[place]]]++;
    }
    int best = trainingLabels[indices[first]];
    for (int place = first + 1; place < first + count; place++) {
      int label = trainingLabels[indices[place]];
      if (votes[label] > votes[best]) {
        best = label;
      }
    }
    return best;
  }
}
