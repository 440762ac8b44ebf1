package dev.armature.evaluate;

import java.util.List;
import java.util.stream.IntStream;
import tagbio.umap.Umap;
import tagbio.umap.metric.PrecomputedMetric;

/**
 * Representations as points of a plane, by UMAP (McInnes, Healy and Melville 2018) on cosine
 * distances, which for several streams are averaged: near points are alike, and that is all that
 * the plane says.
 */
final class PlaneMap {
  /** The most points; distances between all of them are held at once, 4 bytes each. */
  static final int POINTS = 2000;

  /** The fewest points that UMAP can lay out. */
  private static final int FEWEST = 4;

  private static final int NEIGHBOURS = 15;

  /** Beside one another, points can still be told apart. */
  private static final float CLOSEST = 0.3f;

  private final long seed;

  /**
   * @param seed of the layout
   */
  PlaneMap(long seed) {
    this.seed = seed;
  }

  /** What was done, for those who look at the picture. */
  static String method() {
    return "UMAP, %d neighbours, cosine distance".formatted(NEIGHBOURS);
  }

  /** Ranks of up to {@link #POINTS} rows, evenly over all of them. */
  static int[] taken(int rows) {
    int count = Math.min(rows, POINTS);
    return IntStream.range(0, count).map(point -> (int) ((long) point * rows / count)).toArray();
  }

  /**
   * Lays rows out.
   *
   * @param streams representations whose rows have length 1
   * @param rows which of them
   * @return x and y by row; on a line where there are too few rows for a plane
   */
  float[][] of(List<Features> streams, int[] rows) {
    if (rows.length < FEWEST) {
      return IntStream.range(0, rows.length)
          .mapToObj(point -> new float[] {point, 0})
          .toArray(float[][]::new);
    }
    return new Umap()
        .setNumberComponents(2)
        .setNumberNearestNeighbours(Math.min(NEIGHBOURS, rows.length - 1))
        .setMetric(PrecomputedMetric.SINGLETON)
        .setMinDist(CLOSEST)
        .setThreads(1)
        .setSeed(seed)
        .fitTransform(distances(streams, rows));
  }

  private static float[][] distances(List<Features> streams, int[] rows) {
    int count = rows.length;
    float[][] distances = new float[count][count];
    float[] products = new float[count * count];
    for (Features stream : streams) {
      try (FloatMatrix taken = new FloatMatrix(count, stream.columns());
          FloatMatrix similarities = new FloatMatrix(count, count)) {
        for (int point = 0; point < count; point++) {
          taken.loadRow(point, stream.values(), rows[point]);
        }
        similarities.product(taken, count, taken, count);
        similarities.store(products, count);
      }
      for (int left = 0; left < count; left++) {
        for (int right = 0; right < count; right++) {
          distances[left][right] += (1 - products[left * count + right]) / streams.size();
        }
      }
    }
    for (int left = 0; left < count; left++) {
      distances[left][left] = 0;
      for (int right = 0; right < left; right++) {
        // Rounding puts a sequence that stands twice at a distance just below 0.
        float distance = Math.max(0, distances[left][right]);
        distances[left][right] = distance;
        distances[right][left] = distance;
      }
    }
    return distances;
  }
}
