package dev.armature.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Softmax regression {@code p = softmax(W x + b)}, trained by cross entropy and SGD with momentum:
 * {@code v = momentum·v + g; w -= learningRate·v}, where g is the gradient of a batch's mean loss.
 *
 * <p>The weights start as N(0, deviation²), the bias as 0, as in MoCo's and CMD's linear
 * evaluation, whose deviation is 0.01. Not thread-safe; holds native memory until it is closed.
 */
final class LinearClassifier implements AutoCloseable {
  /** Rows classified at once. */
  private static final int ROWS = 512;

  private final int features;
  private final int classes;
  private final FloatMatrix weights;
  private final FloatMatrix weightVelocity;
  private final FloatMatrix inputs;
  private final FloatMatrix logits;
  private final float[] bias;
  private final float[] biasVelocity;
  private final float[] scores;

  /**
   * @param batch the most rows of a training step
   * @param deviation of the initial weights
   * @param seed of the initial weights
   */
  LinearClassifier(int features, int classes, int batch, double deviation, long seed) {
    this.features = features;
    this.classes = classes;
    int rows = Math.max(batch, ROWS);
    weights = new FloatMatrix(classes, features);
    weightVelocity = new FloatMatrix(classes, features);
    inputs = new FloatMatrix(rows, features);
    logits = new FloatMatrix(rows, classes);
    bias = new float[classes];
    biasVelocity = new float[classes];
    scores = new float[rows * classes];
    SplittableRandom random = new SplittableRandom(seed);
    float[] initial = new float[classes * features];
    for (int place = 0; place < initial.length; place++) {
      initial[place] = (float) (random.nextGaussian() * deviation);
    }
    setWeights(initial);
  }

  /** Replaces the weights, classes × features. */
  void setWeights(float[] values) {
    weights.load(values, 0, classes);
  }

  /** Replaces the bias, by class. */
  void setBias(float[] values) {
    System.arraycopy(values, 0, bias, 0, classes);
  }

  /** The weights, classes × features. */
  float[] weights() {
    float[] values = new float[classes * features];
    weights.store(values, classes);
    return values;
  }

  /** The bias, by class. */
  float[] bias() {
    return bias.clone();
  }

  /**
   * One step on a batch.
   *
   * @param order rows of the features; those from {@code first} on are the batch
   * @return the batch's mean cross entropy before the step
   */
  double step(
      Features data,
      int[] labels,
      int[] order,
      int first,
      int count,
      float learningRate,
      float momentum) {
    for (int place = 0; place < count; place++) {
      inputs.loadRow(place, data.values(), order[first + place]);
    }
    softmax(count);
    double loss = 0;
    for (int place = 0; place < count; place++) {
      int own = place * classes + labels[order[first + place]];
      loss -= Math.log(Math.max(scores[own], Float.MIN_NORMAL));
      scores[own] -= 1;
    }
    float share = 1f / count;
    for (int place = 0; place < count * classes; place++) {
      scores[place] *= share;
    }
    logits.load(scores, 0, count);
    weightVelocity.accumulate(momentum, logits, inputs, count);
    weights.add(-learningRate, weightVelocity);
    for (int label = 0; label < classes; label++) {
      float gradient = 0;
      for (int place = 0; place < count; place++) {
        gradient += scores[place * classes + label];
      }
      biasVelocity[label] = momentum * biasVelocity[label] + gradient;
      bias[label] -= learningRate * biasVelocity[label];
    }
    return loss / count;
  }

  /** The softmax scores of every row: rows × classes. */
  float[] classify(Features data) {
    float[] all = new float[data.rows() * classes];
    for (int first = 0; first < data.rows(); first += ROWS) {
      int count = Math.min(ROWS, data.rows() - first);
      inputs.load(data.values(), first, count);
      softmax(count);
      System.arraycopy(scores, 0, all, first * classes, count * classes);
    }
    return all;
  }

  /** The scores of the first input rows. */
  private void softmax(int count) {
    logits.product(inputs, count, weights, classes);
    logits.store(scores, count);
    for (int row = 0; row < count; row++) {
      int from = row * classes;
      float largest = Float.NEGATIVE_INFINITY;
      for (int label = 0; label < classes; label++) {
        scores[from + label] += bias[label];
        largest = Math.max(largest, scores[from + label]);
      }
      double sum = 0;
      for (int label = 0; label < classes; label++) {
        double power = Math.exp(scores[from + label] - largest);
        scores[from + label] = (float) power;
        sum += power;
      }
      for (int label = 0; label < classes; label++) {
        scores[from + label] = (float) (scores[from + label] / sum);
      }
    }
  }

  /** The rows of an epoch in the order of the data set. */
  static int[] order(int rows) {
    int[] order = new int[rows];
    Arrays.setAll(order, row -> row);
    return order;
  }

  /** The rows of an epoch in its own order, a permutation that depends on the seed alone. */
  static int[] order(int rows, long seed) {
    int[] order = order(rows);
    SplittableRandom random = new SplittableRandom(seed);
    for (int place = rows - 1; place > 0; place--) {
      int other = random.nextInt(place + 1);
      int row = order[place];
      order[place] = order[other];
      order[other] = row;
    }
    return order;
  }

  @Override
  public void close() {
    weights.close();
    weightVelocity.close();
    inputs.close();
    logits.close();
  }
}
