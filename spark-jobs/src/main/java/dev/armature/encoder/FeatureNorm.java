package dev.armature.encoder;

import java.util.Arrays;

/**
 * Batch normalization of rows of features, as {@code torch.nn.BatchNorm1d}: {@code y = weight · (x
 * − mean) / √(variance + ε) + bias}, each feature by itself.
 *
 * <p>In training the statistics are the batch's (with the biased variance), and running ones move
 * towards them (with the unbiased). Sums are kept in single precision over some rows, where the
 * compiler vectorizes them, and in double precision over the whole; the order is that of the rows.
 *
 * @see <a href="https://arxiv.org/abs/1502.03167">Ioffe and Szegedy, Batch Normalization, 2015</a>
 */
final class FeatureNorm {
  /** PyTorch's defaults. */
  private static final double EPSILON = 1e-5;

  private static final double MOMENTUM = 0.1;

  /**
   * Rows summed in single precision: few enough for an error of about one unit in the last place.
   */
  private static final int BLOCK = 32;

  private final int features;
  private final float[] scale;
  private final float[] shift;
  private final float[] block;
  private final double[] sums;
  private float[] normalized = new float[0];

  FeatureNorm(int features) {
    this.features = features;
    scale = new float[features];
    shift = new float[features];
    block = new float[features];
    sums = new double[features];
  }

  /**
   * Normalizes by the batch's statistics and keeps what {@link #backward} needs.
   *
   * @param values rows × features; overwritten with the result
   * @param runningMean moved
   * @param runningVariance moved
   */
  void train(
      float[] values,
      int rows,
      float[] weight,
      float[] bias,
      float[] runningMean,
      float[] runningVariance) {
    if (normalized.length != rows * features) {
      normalized = new float[rows * features];
    }
    sum(values, rows);
    for (int f = 0; f < features; f++) {
      double mean = sums[f] / rows;
      shift[f] = (float) mean;
      runningMean[f] = (float) ((1 - MOMENTUM) * runningMean[f] + MOMENTUM * mean);
    }
    for (int start = 0; start < rows * features; start += features) {
      centre(values, start);
    }
    sumOfProducts(normalized, normalized, rows);
    for (int f = 0; f < features; f++) {
      double variance = sums[f] / rows;
      double unbiased = rows > 1 ? sums[f] / (rows - 1) : variance;
      scale[f] = (float) (1 / Math.sqrt(variance + EPSILON));
      runningVariance[f] = (float) ((1 - MOMENTUM) * runningVariance[f] + MOMENTUM * unbiased);
    }
    for (int start = 0; start < rows * features; start += features) {
      scale(values, start, weight, bias);
    }
  }

  private void centre(float[] values, int start) {
    for (int f = 0; f < features; f++) {
      normalized[start + f] = values[start + f] - shift[f];
    }
  }

  private void scale(float[] values, int start, float[] weight, float[] bias) {
    for (int f = 0; f < features; f++) {
      float unit = normalized[start + f] * scale[f];
      normalized[start + f] = unit;
      values[start + f] = unit * weight[f] + bias[f];
    }
  }

  /**
   * Normalizes by the running statistics.
   *
   * @param values rows × features; overwritten with the result
   */
  void evaluate(
      float[] values,
      int rows,
      float[] weight,
      float[] bias,
      float[] runningMean,
      float[] runningVariance) {
    for (int f = 0; f < features; f++) {
      scale[f] = (float) (weight[f] / Math.sqrt(runningVariance[f] + EPSILON));
    }
    for (int start = 0; start < rows * features; start += features) {
      for (int f = 0; f < features; f++) {
        values[start + f] = (values[start + f] - runningMean[f]) * scale[f] + bias[f];
      }
    }
  }

  /**
   * Gradients of the last {@link #train}: with {@code u} the normalized input, {@code dx = weight /
   * √(variance + ε) · (dy − mean(dy) − u · mean(dy · u))}.
   *
   * @param gradient rows × features, by the result; overwritten with that by the input
   * @param weightGradient receives the gradient by the weight
   * @param biasGradient receives the gradient by the bias
   */
  void backward(
      float[] gradient, int rows, float[] weight, float[] weightGradient, float[] biasGradient) {
    float[] along = new float[features];
    float[] factor = new float[features];
    sumOfProducts(gradient, normalized, rows);
    for (int f = 0; f < features; f++) {
      weightGradient[f] = (float) sums[f];
      along[f] = (float) (sums[f] / rows);
    }
    sum(gradient, rows);
    for (int f = 0; f < features; f++) {
      biasGradient[f] = (float) sums[f];
      shift[f] = (float) (sums[f] / rows);
      factor[f] = scale[f] * weight[f];
    }
    for (int start = 0; start < rows * features; start += features) {
      for (int f = 0; f < features; f++) {
        gradient[start + f] =
            factor[f] * (gradient[start + f] - shift[f] - normalized[start + f] * along[f]);
      }
    }
  }

  private void sum(float[] values, int rows) {
    Arrays.fill(sums, 0);
    for (int row = 0; row < rows; row += BLOCK) {
      Arrays.fill(block, 0);
      int end = Math.min(row + BLOCK, rows) * features;
      for (int start = row * features; start < end; start += features) {
        for (int f = 0; f < features; f++) {
          block[f] += values[start + f];
        }
      }
      addBlock();
    }
  }

  private void sumOfProducts(float[] left, float[] right, int rows) {
    Arrays.fill(sums, 0);
    for (int row = 0; row < rows; row += BLOCK) {
      Arrays.fill(block, 0);
      int end = Math.min(row + BLOCK, rows) * features;
      for (int start = row * features; start < end; start += features) {
        for (int f = 0; f < features; f++) {
          block[f] += left[start + f] * right[start + f];
        }
      }
      addBlock();
    }
  }

  private void addBlock() {
    for (int f = 0; f < features; f++) {
      sums[f] += block[f];
    }
  }
}
