package dev.armature.dataset.synthetic;

/** Rotations as 3×3 matrices, row-major, right-handed; strictly the same on every machine. */
final class Turn {
  private Turn() {}

  /** A turn by an angle in radians about the x, y or z axis (0, 1, 2). */
  static double[] about(int axis, double angle) {
    double sine = StrictMath.sin(angle);
    double cosine = StrictMath.cos(angle);
    int next = (axis + 1) % 3;
    int last = (axis + 2) % 3;
    double[] matrix = new double[9];
    matrix[axis * 4] = 1;
    matrix[next * 4] = cosine;
    matrix[last * 4] = cosine;
    matrix[next * 3 + last] = -sine;
    matrix[last * 3 + next] = sine;
    return matrix;
  }

  /** The product: first {@code inner}, then {@code outer}. */
  static double[] times(double[] outer, double[] inner) {
    double[] product = new double[9];
    for (int row = 0; row < 9; row += 3) {
      for (int column = 0; column < 3; column++) {
        product[row + column] =
            outer[row] * inner[column]
                + outer[row + 1] * inner[column + 3]
                + outer[row + 2] * inner[column + 6];
      }
    }
    return product;
  }

  /** Writes {@code start + turn · (x, y, z)} to {@code to} at a place. */
  static void move(
      double[] start, double[] turn, double x, double y, double z, double[] to, int at) {
    for (int row = 0; row < 3; row++) {
      to[at + row] = start[row] + turn[row * 3] * x + turn[row * 3 + 1] * y + turn[row * 3 + 2] * z;
    }
  }
}
