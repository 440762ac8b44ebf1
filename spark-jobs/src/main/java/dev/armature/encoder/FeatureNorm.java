package dev.armature.encoder;

import java.util.Arrays;

/**
 * Batch normalization of rows of features, as {@code torch.nn.BatchNorm1d}: {@code y = weight · (x
 * − mean) / √(variance + ε) + bias}, each feature by itself.
 *
 * <p>In training the statistics are the batch's (with the biased variance), and running ones move
 * towards them (with the unbiased). Sums are kept in double precision, in the order of the rows.
 *
 * @see <a href="https://arxiv.org/abs/1502.03167">Ioffe and Szegedy, Batch Normalization, 2015</a>
 */
final class FeatureNorm {
  /** PyTorch's defaults. */
  private static final double EPSILON = 1e-5;

  private static final double MOMENTUM = 0.1;

  private final int features;
  private final double[] scale;
  private final double[] sums;
  private final double[] products;
  private float[] normalized = new float[0];

  FeatureNorm(int features) {
    this.features = features;
    scale = new double[features];
    sums = new double[features];
    products = new double[features];
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
    sum(values, rows);
    double[] mean = new double[features];
    for (int f = 0; f < features; f++) {
      mean[f] = sums[f] / rows;
    }
    Arrays.fill(products, 0);
    for (int row = 0; row < rows; row++) {
      int start = row * features;
      for (int f = 0; f < features; f++) {
        double centred = values[start + f] - mean[f];
        products[f] += centred * centred;
      }
    }
    for (int f = 0; f < features; f++) {
      double variance = products[f] / rows;
      double unbiased = rows > 1 ? products[f] / (rows - 1) : variance;
      scale[f] = 1 / Math.sqrt(variance + EPSILON);
      runningMean[f] = (float) ((1 - MOMENTUM) * runningMean[f] + MOMENTUM * mean[f]);
      runningVariance[f] = (float) ((1 - MOMENTUM) * runningVariance[f] + MOMENTUM * unbiased);
    }
    int length = rows * features;
    if (normalized.length != length) {
      normalized = new float[length];
    }
    for (int row = 0; row < rows; row++) {
      int start = row * features;
      for (int f = 0; f < features; f++) {
        float unit = (float) ((values[start + f] - mean[f]) * scale[f]);
        normalized[start + f] = unit;
        values[start + f] = weight[f] * unit + bias[f];
      }
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
      products[f] = weight[f] / Math.sqrt(runningVariance[f] + EPSILON);
    }
    for (int row = 0; row < rows; row++) {
      int start = row * features;
      for (int f = 0; f < features; f++) {
        values[start + f] = (float) ((values[start + f] - runningMean[f]) * products[f] + bias[f]);
      }
    }
  }

  /**
   * Gradients of the last {@link #train}: with {@code u} the normalized input, {@code dx = scale ·
   * weight · (dy − mean(dy) − u · mean(dy · u))}.
   *
   * @param gradient rows × features, by the result; overwritten with that by the input
   * @param weightGradient receives the gradient by the weight
   * @param biasGradient receives the gradient by the bias
   */
  void backward(
      float[] gradient, int rows, float[] weight, float[] weightGradient, float[] biasGradient) {
    sum(gradient, rows);
    Arrays.fill(products, 0);
    for (int row = 0; row < rows; row++) {
      int start = row * features;
      for (int f = 0; f < features; f++) {
        products[f] += (double) gradient[start + f] * normalized[start + f];
      }
    }
    for (int f = 0; f < features; f++) {
      weightGradient[f] = (float) products[f];
      biasGradient[f] = (float) sums[f];
      sums[f] /= rows;
      products[f] /= rows;
    }
    for (int row = 0; row < rows; row++) {
      int start = row * features;
      for (int f = 0; f < features; f++) {
        gradient[start + f] =
            (float)
                (scale[f]
                    * weight[f]
                    * (gradient[start + f] - sums[f] - normalized[start + f] * products[f]));
      }
    }
  }

  private void sum(float[] values, int rows) {
    Arrays.fill(sums, 0);
    for (int row = 0; row < rows; row++) {
      int start = row * features;
      for (int f = 0; f < features; f++) {
        sums[f] += values[start + f];
      }
    }
  }
}
