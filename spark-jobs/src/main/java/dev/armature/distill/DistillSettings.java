package dev.armature.distill;

import java.io.Serializable;
import java.util.Objects;

/**
 * What is learned from what.
 *
 * @param method which losses are summed
 * @param queue keys in each modality's queue, at least 1
 * @param neighbours how many of a teacher's most similar keys are distilled, 1 to {@code queue};
 *     with 1 every distribution is the same and nothing is distilled
 * @param weight of the distillation terms against the contrastive ones, at least 0
 * @param contrastTemperature of the contrastive loss, greater than 0
 * @param teacherTemperature of the teacher's softmax over its neighbours, greater than 0
 * @param studentTemperature of the student's softmax over the same positions, greater than 0
 */
public record DistillSettings(
    Method method,
    int queue,
    int neighbours,
    double weight,
    double contrastTemperature,
    double teacherTemperature,
    double studentTemperature)
    implements Serializable {

  /** Which losses are summed. */
  public enum Method {
    /** The contrastive losses alone: each modality by itself, as MoCo. */
    BASE,
    /** Contrastive losses and cross-modal mutual distillation. */
    CMD
  }

  /** The values of CMD's released recipes (Mao et al., ECCV 2022). */
  public static final DistillSettings PUBLISHED =
      new DistillSettings(Method.CMD, 16384, 8192, 1, 0.07, 0.05, 0.1);

  /**
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  public DistillSettings {
    Objects.requireNonNull(method, "method");
    if (queue < 1) {
      throw new IllegalArgumentException("queue must be at least 1, found " + queue);
    }
    if (neighbours < 1 || neighbours > queue) {
      throw new IllegalArgumentException(
          "neighbours must be 1 to the length of the queue (%d), found %d"
              .formatted(queue, neighbours));
    }
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weight must be finite and at least 0, found " + weight);
    }
    temperature("contrastTemperature", contrastTemperature);
    temperature("teacherTemperature", teacherTemperature);
    temperature("studentTemperature", studentTemperature);
  }

  private static void temperature(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + " must be finite and greater than 0, found " + value);
    }
  }

  /** Whether modalities learn from each other: not with weight 0, and not from themselves. */
  public boolean distils(int modalities) {
    return method == Method.CMD && weight > 0 && modalities > 1;
  }
}
