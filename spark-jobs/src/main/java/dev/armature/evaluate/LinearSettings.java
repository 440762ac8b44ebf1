package dev.armature.evaluate;

import java.io.Serializable;
import java.util.List;

/**
 * How the linear classifier is trained: plain softmax regression by SGD with momentum and without
 * weight decay.
 *
 * @param epochs passes over the training sequences, at least 1
 * @param learningRate of the first epoch, greater than 0
 * @param momentum PyTorch's kind, not Nesterov's; in [0, 1)
 * @param batch sequences a step, at least 1; an epoch's last batch may be smaller and is kept
 * @param milestones from each of these epochs on (0-based, rising) the learning rate is a tenth of
 *     what it was
 * @param initialDeviation standard deviation of the initial weights, which are normal around 0; at
 *     least 0, which makes them zeros
 * @param shuffle whether every epoch has an order of its own; otherwise it is the data set's
 */
public record LinearSettings(
    int epochs,
    double learningRate,
    double momentum,
    int batch,
    List<Integer> milestones,
    double initialDeviation,
    boolean shuffle)
    implements Serializable {

  /** The values of CMD's released code (Mao et al., ECCV 2022). */
  public static final LinearSettings PUBLISHED =
      new LinearSettings(80, 0.1, 0.9, 64, List.of(50, 70), 0.01, true);

  /**
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  public LinearSettings {
    milestones = List.copyOf(milestones);
    require(epochs >= 1, "epochs must be at least 1", epochs);
    require(learningRate > 0, "the learning rate must be greater than 0", learningRate);
    require(momentum >= 0 && momentum < 1, "momentum must be in [0, 1)", momentum);
    require(batch >= 1, "the batch must be at least 1", batch);
    require(
        initialDeviation >= 0 && initialDeviation < Double.POSITIVE_INFINITY,
        "the initial weights' deviation must be at least 0 and finite",
        initialDeviation);
    for (int next = 1; next < milestones.size(); next++) {
      require(milestones.get(next - 1) < milestones.get(next), "milestones must rise", milestones);
    }
  }

  /** The published values in fewer or more epochs, the milestones moved in proportion. */
  public static LinearSettings published(int epochs) {
    return new LinearSettings(
        epochs,
        PUBLISHED.learningRate,
        PUBLISHED.momentum,
        PUBLISHED.batch,
        PUBLISHED.milestones.stream()
            .map(milestone -> milestone * epochs / PUBLISHED.epochs)
            .filter(milestone -> milestone > 0)
            .distinct()
            .toList(),
        PUBLISHED.initialDeviation,
        PUBLISHED.shuffle);
  }

  /** The learning rate of an epoch, 0-based. */
  public float learningRate(int epoch) {
    double rate = learningRate;
    for (int milestone : milestones) {
      if (epoch >= milestone) {
        rate *= 0.1;
      }
    }
    return (float) rate;
  }

  private static void require(boolean holds, String rule, Object found) {
    if (!holds) {
      throw new IllegalArgumentException("linear: %s, found %s".formatted(rule, found));
    }
  }
}
