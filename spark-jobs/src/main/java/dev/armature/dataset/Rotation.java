package dev.armature.dataset;

/** Rotations of space as 3×3 matrices, row-major. */
final class Rotation {
  /** Below this a direction is noise: a micrometre, far under any sensor's resolution. */
  private static final double SHORTEST = 1e-6;

  private static final double[] IDENTITY = {1, 0, 0, 0, 1, 0, 0, 0, 1};

  private Rotation() {}

  /**
   * The rotation by the smallest angle that turns a direction onto a coordinate axis.
   *
   * <p>With a = from/|from|, b the axis, v = a × b and c = a · b it is I + [v] + [v]²/(1+c)
   * (Rodrigues' formula). A vector of no length has no direction and turns nothing; for an opposite
   * one the half turn is made about the next axis.
   *
   * @param from 3 numbers
   * @param axis 0, 1 or 2 for x, y or z
   */
  static double[] onto(double[] from, int axis) {
    double length = Math.sqrt(from[0] * from[0] + from[1] * from[1] + from[2] * from[2]);
    if (!(length > SHORTEST)) {
      return IDENTITY.clone();
    }
    double[] a = {from[0] / length, from[1] / length, from[2] / length};
    int next = (axis + 1) % 3;
    int last = (axis + 2) % 3;
    double cosine = a[axis];
    double sine2 = a[next] * a[next] + a[last] * a[last];
    double[] matrix = new double[9];
    if (cosine < 0 && sine2 < SHORTEST * SHORTEST) {
      matrix[axis * 4] = -1;
      matrix[next * 4] = 1;
      matrix[last * 4] = -1;
      return matrix;
    }
    // v = a × b with b the axis: v[next] = a[last], v[last] = −a[next], v[axis] = 0.
    double[] v = new double[3];
    v[next] = a[last];
    v[last] = -a[next];
    // (1−c)/|v|² = 1/(1+c), but exact where c is near −1.
    double factor = cosine >= 0 ? 1 / (1 + cosine) : (1 - cosine) / sine2;
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        matrix[row * 3 + column] = factor * v[row] * v[column];
      }
      matrix[row * 4] += cosine;
    }
    for (int row = 0; row < 3; row++) {
      int column = (row + 1) % 3;
      int other = (row + 2) % 3;
      matrix[row * 3 + column] -= v[other];
      matrix[column * 3 + row] += v[other];
    }
    return matrix;
  }

  /** The rotation that does {@code first}, then {@code second}. */
  static double[] then(double[] first, double[] second) {
    double[] product = new double[9];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) {
          sum += second[row * 3 + k] * first[k * 3 + column];
        }
        product[row * 3 + column] = sum;
      }
    }
    return product;
  }

  /** Turns a vector. */
  static double[] apply(double[] matrix, double[] vector) {
    double[] turned = new double[3];
    for (int row = 0; row < 3; row++) {
      turned[row] =
          matrix[row * 3] * vector[0]
              + matrix[row * 3 + 1] * vector[1]
              + matrix[row * 3 + 2] * vector[2];
    }
    return turned;
  }
}
