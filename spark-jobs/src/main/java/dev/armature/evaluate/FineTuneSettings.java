package dev.armature.evaluate;

import dev.armature.encoder.EncoderBackend;
import java.io.Serializable;
import java.util.List;

/**
 * How an encoder and a classifier are trained together: SGD with momentum and without weight decay,
 * by workers whose parameters and momentum are averaged.
 *
 * @param epochs passes over the labelled sequences, at least 1
 * @param batch sequences a step and worker, at least 1
 * @param encoderLearningRate of the encoder in the first epoch, greater than 0
 * @param classifierLearningRate of the classifier, likewise
 * @param momentum PyTorch's kind, not Nesterov's; in [0, 1)
 * @param milestones from each of these epochs on (0-based, rising) the learning rates are a tenth
 * @param shuffle whether every epoch has an order of its own; otherwise it is the data set's
 * @param workers that train side by side, at least 1
 * @param averagingFrequency steps of a worker between two averages, at least 1
 * @param fractions of the training sequences of each class that have labels in semi-supervised
 *     training, each in (0, 1]
 * @param draws how often these are drawn, at least 1
 * @param randomWeights whether encoders with random weights are trained, too
 * @param backend what computes the encoders
 */
public record FineTuneSettings(
    int epochs,
    int batch,
    double encoderLearningRate,
    double classifierLearningRate,
    double momentum,
    List<Integer> milestones,
    boolean shuffle,
    int workers,
    int averagingFrequency,
    List<Double> fractions,
    int draws,
    boolean randomWeights,
    EncoderBackend backend)
    implements Serializable {

  /** Standard deviation of the classifier's first weights, as in CMD's released code. */
  static final double INITIAL_DEVIATION = 0.01;

  /**
   * The values of CMD's released code (Mao et al., ECCV 2022, {@code
   * script_action_classification_cmd_semi.sh}), which fine-tunes with one worker.
   */
  public static final FineTuneSettings PUBLISHED =
      new FineTuneSettings(
          80,
          64,
          0.01,
          0.01,
          0.9,
          List.of(50, 70),
          true,
          1,
          1,
          List.of(0.01, 0.05, 0.1, 0.2),
          5,
          true,
          EncoderBackend.ONEDNN);

  /**
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  public FineTuneSettings {
    milestones = List.copyOf(milestones);
    fractions = List.copyOf(fractions);
    require(epochs >= 1, "epochs must be at least 1", epochs);
    require(batch >= 1, "the batch must be at least 1", batch);
    require(
        encoderLearningRate > 0 && classifierLearningRate > 0,
        "learning rates must be greater than 0",
        List.of(encoderLearningRate, classifierLearningRate));
    require(momentum >= 0 && momentum < 1, "momentum must be in [0, 1)", momentum);
    require(workers >= 1, "the number of workers must be at least 1", workers);
    require(
        averagingFrequency >= 1,
        "the steps between two averages must be at least 1",
        averagingFrequency);
    require(
        !fractions.isEmpty() && fractions.stream().allMatch(part -> part > 0 && part <= 1),
        "fractions must be some in (0, 1]",
        fractions);
    require(draws >= 1, "the number of draws must be at least 1", draws);
  }

  private static void require(boolean holds, String rule, Object found) {
    if (!holds) {
      throw new IllegalArgumentException("fine-tuning: %s, found %s".formatted(rule, found));
    }
  }

  /** What the learning rates are multiplied by in an epoch, 0-based. */
  double factor(int epoch) {
    double factor = 1;
    for (int milestone : milestones) {
      if (epoch >= milestone) {
        factor *= 0.1;
      }
    }
    return factor;
  }
}
