package dev.armature.distill;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Dynamic neighbours aggregation: replaces a key by a mix of itself and the keys of the queue that
 * are highly correlated with it.
 *
 * <pre>aggregate = (w₀·k + Σ_{i∈N} wᵢ·nᵢ) / ‖…‖
 * N = { i : k·nᵢ ≥ least similarity }, at most so many, the most similar ones
 * w = softmax over {1} ∪ { k·nᵢ : i∈N } at the aggregation's temperature</pre>
 *
 * <p>A lone key is its own aggregate, to the bit. Keys are constants: no gradient passes. Mao et
 * al., <em>I²MD</em>, 2023; what of this is our reading says {@link ClusterSettings}. Has scratch
 * memory of its own: one object per thread.
 */
final class NeighbourAggregation {

  /**
   * A key and its neighbours as one.
   *
   * @param neighbours positions of the queue, rising
   * @param key of length 1
   */
  record Aggregate(int[] neighbours, float[] key) {}

  private final float least;
  private final int most;
  private final double scale;
  private final NeighbourSelection selection;
  private final float[] neighbour;
  private final double[] sum;

  NeighbourAggregation(ClusterSettings settings, int queue, int embedding) {
    this.least = (float) settings.leastSimilarity();
    this.most = Math.min(settings.most(), queue);
    this.scale = 1 / settings.temperature();
    this.selection = new NeighbourSelection(queue, Math.max(1, most));
    this.neighbour = new float[embedding];
    this.sum = new double[embedding];
  }

  /**
   * Aggregates one key.
   *
   * @param keys holds the key from {@code start} on
   * @param similarities of the key and the whole queue
   * @param queue queue × embedding
   */
  Aggregate aggregate(float[] keys, int start, float[] similarities, FloatBuffer queue) {
    int[] neighbours = neighbours(similarities);
    float[] key = Arrays.copyOfRange(keys, start, start + sum.length);
    if (neighbours.length == 0) {
      return new Aggregate(neighbours, key);
    }
    double greatest = 1;
    for (int position : neighbours) {
      greatest = Math.max(greatest, similarities[position]);
    }
    add(key, Math.exp((1 - greatest) * scale), true);
    for (int position : neighbours) {
      queue.get(position * neighbour.length, neighbour);
      add(neighbour, Math.exp((similarities[position] - greatest) * scale), false);
    }
    double squares = 0;
    for (double number : sum) {
      squares += number * number;
    }
    double inverse = 1 / Math.sqrt(squares);
    for (int i = 0; i < key.length; i++) {
      key[i] = (float) (sum[i] * inverse);
    }
    return new Aggregate(neighbours, key);
  }

  private void add(float[] vector, double weight, boolean first) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] = (first ? 0 : sum[i]) + weight * vector[i];
    }
  }

  private int[] neighbours(float[] similarities) {
    int count = 0;
    for (float similarity : similarities) {
      count += similarity >= least ? 1 : 0;
    }
    int[] positions = new int[Math.min(count, most)];
    if (count > most && most > 0) {
      TeacherTargets.positions(selection.select(similarities), positions);
    } else if (most > 0) {
      int next = 0;
      for (int i = 0; i < similarities.length; i++) {
        if (similarities[i] >= least) {
          positions[next++] = i;
        }
      }
    }
    return positions;
  }
}
