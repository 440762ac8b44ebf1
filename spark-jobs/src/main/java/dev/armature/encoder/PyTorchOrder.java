package dev.armature.encoder;

/**
 * Between PyTorch's layout of GRU and linear parameters and that of {@link ParameterLayout}.
 *
 * <p>PyTorch stores matrices as outputs × inputs and orders a GRU's gates reset, update, candidate;
 * here matrices are inputs × outputs and the gates update, reset, candidate. Swapping the first two
 * gates is its own inverse.
 */
public final class PyTorchOrder {
  private PyTorchOrder() {}

  /**
   * A GRU's {@code weight_ih} or {@code weight_hh} in our layout.
   *
   * @param weight 3·hidden × inputs
   * @return inputs × 3·hidden
   */
  public static float[] gruWeightFromPyTorch(float[] weight, int inputs, int hidden) {
    return transposed(swappedGates(weight, hidden * inputs), 3 * hidden, inputs);
  }

  /**
   * A GRU's matrix in PyTorch's layout.
   *
   * @param weight inputs × 3·hidden
   * @return 3·hidden × inputs
   */
  public static float[] gruWeightToPyTorch(float[] weight, int inputs, int hidden) {
    return swappedGates(transposed(weight, inputs, 3 * hidden), hidden * inputs);
  }

  /**
   * A GRU's {@code bias_ih} or {@code bias_hh} in the other layout, in either direction.
   *
   * @param bias 3·hidden
   */
  public static float[] gruBias(float[] bias, int hidden) {
    return swappedGates(bias, hidden);
  }

  /**
   * A linear layer's weight in the other layout, in either direction.
   *
   * @param weight rows × columns
   * @return columns × rows
   */
  public static float[] transposed(float[] weight, int rows, int columns) {
    requireLength(weight, (long) rows * columns);
    float[] transposed = new float[weight.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = weight[row * columns + column];
      }
    }
    return transposed;
  }

  private static float[] swappedGates(float[] gates, int length) {
    requireLength(gates, 3L * length);
    float[] swapped = gates.clone();
    System.arraycopy(gates, 0, swapped, length, length);
    System.arraycopy(gates, length, swapped, 0, length);
    return swapped;
  }

  private static void requireLength(float[] values, long length) {
    if (values.length != length) {
      throw new IllegalArgumentException(
          "a tensor of these sizes has %d numbers, found %d".formatted(length, values.length));
    }
  }
}
