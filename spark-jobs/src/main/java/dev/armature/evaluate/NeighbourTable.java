package dev.armature.evaluate;

import java.util.Arrays;

/**
 * The best neighbours found so far of a block of queries. Candidates have to be offered in rising
 * order of their index: that, and giving way to the strictly better only, is what settles ties.
 */
final class NeighbourTable {
  private final int count;
  private final int[] indices;
  private final float[] similarities;

  NeighbourTable(int queries, int count) {
    this.count = count;
    indices = new int[queries * count];
    similarities = new float[queries * count];
    Arrays.fill(indices, -1);
    Arrays.fill(similarities, Float.NEGATIVE_INFINITY);
  }

  /**
   * Offers one query a run of candidates.
   *
   * @param scores of the candidates, from {@code from} on
   * @param firstIndex index of the first candidate
   */
  void offer(int query, float[] scores, int from, int candidates, int firstIndex) {
    int last = (query + 1) * count - 1;
    float threshold = similarities[last];
    boolean full = indices[last] >= 0;
    for (int candidate = 0; candidate < candidates; candidate++) {
      float score = scores[from + candidate];
      if (score > threshold || !full) {
        insert(query, score, firstIndex + candidate);
        threshold = similarities[last];
        full = indices[last] >= 0;
      }
    }
  }

  private void insert(int query, float score, int index) {
    int first = query * count;
    int place = first + count - 1;
    while (place > first && (indices[place - 1] < 0 || score > similarities[place - 1])) {
      indices[place] = indices[place - 1];
      similarities[place] = similarities[place - 1];
      place--;
    }
    indices[place] = index;
    similarities[place] = score;
  }

  Neighbours neighbours() {
    return new Neighbours(count, indices, similarities);
  }
}
