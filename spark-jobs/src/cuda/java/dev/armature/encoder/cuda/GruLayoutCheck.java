package dev.armature.encoder.cuda;

import java.util.Arrays;

/** Whether a parameter of a GRU lies in memory as this engine takes it to. */
final class GruLayoutCheck {
  private GruLayoutCheck() {}

  /**
   * Checks a parameter.
   *
   * @param extents as the library tells them: 1 × rows × columns
   * @param strides in numbers
   * @throws IllegalStateException if it is not dense with a row for every unit
   */
  static void require(int[] extents, int[] strides, int rows, int columns) {
    int[] expected = {1, rows, columns};
    boolean dense = strides[1] == columns && (columns == 1 || strides[2] == 1);
    if (!Arrays.equals(extents, expected) || !dense) {
      throw new IllegalStateException(
          "cuDNN keeps a parameter of a GRU as %s with strides %s, expected %s, dense: this version of cuDNN is not one that the engine knows; use cuDNN 9"
              .formatted(
                  Arrays.toString(extents), Arrays.toString(strides), Arrays.toString(expected)));
    }
  }
}
