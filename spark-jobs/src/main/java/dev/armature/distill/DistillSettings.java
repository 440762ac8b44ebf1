package dev.armature.distill;

import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;

/**
 * What is learned from what.
 *
 * @param method which losses are summed
 * @param queue keys in each modality's queue, at least 1
 * @param neighbours how many of a teacher's most similar keys are distilled, 1 to {@code queue};
 *     with 1 every distribution is the same and nothing is distilled
 * @param weight of the terms between modalities against the contrastive ones, at least 0; with 0
 *     they cost nothing
 * @param contrastTemperature of the contrastive loss, greater than 0
 * @param teacherTemperature of the teacher's softmax over its neighbours, greater than 0
 * @param studentTemperature of the student's softmax over the same positions, greater than 0
 * @param topology who is taught by whom, where distributions are distilled between modalities
 * @param mining read by {@link Method#CROSCLR} alone
 * @param cluster read by {@link Method#I2MD} alone
 */
public record DistillSettings(
    Method method,
    int queue,
    int neighbours,
    double weight,
    double contrastTemperature,
    double teacherTemperature,
    double studentTemperature,
    Topology topology,
    MiningSettings mining,
    ClusterSettings cluster)
    implements Serializable {

  /** Which losses are summed. */
  public enum Method {
    /** The contrastive losses alone: each modality by itself, as MoCo. */
    BASE,
    /**
     * Mutual contrastive learning: every query is also contrasted with the key and the queue of
     * every other modality, at the same temperature.
     */
    MCL,
    /** Cross-modal positive mining (CrosSCLR, Li et al., CVPR 2021). */
    CROSCLR,
    /** Contrastive losses and cross-modal mutual distillation. */
    CMD,
    /** CMD and, in every modality, a cluster branch that distils with the instance branch. */
    I2MD;

    /** Whether distributions of similarities are distilled between modalities. */
    public boolean distils() {
      return this == CMD || this == I2MD;
    }

    /**
     * Whether modalities can only be each other's teachers, because what they teach has no mean.
     */
    public boolean pairwiseOnly() {
      return this == MCL || this == CROSCLR;
    }

    /** The name used in configuration, for instance {@code cmd}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Who is taught by whom. */
  public enum Topology {
    /** Every modality by every other: as published; the cost grows with the square. */
    PAIRWISE,
    /**
     * Every modality by one distribution, the average of all teachers', its own included: the cost
     * grows with the number of modalities.
     */
    CONSENSUS
  }

  /** The values of CMD's released recipes (Mao et al., ECCV 2022). */
  public static final DistillSettings PUBLISHED =
      new DistillSettings(Method.CMD, 16384, 8192, 1, 0.07, 0.05, 0.1);

  /** Settings with a pairwise topology and the defaults of mining and cluster branch. */
  public DistillSettings(
      Method method,
      int queue,
      int neighbours,
      double weight,
      double contrastTemperature,
      double teacherTemperature,
      double studentTemperature) {
    this(
        method,
        queue,
        neighbours,
        weight,
        contrastTemperature,
        teacherTemperature,
        studentTemperature,
        Topology.PAIRWISE,
        MiningSettings.PUBLISHED,
        ClusterSettings.DEFAULT);
  }

  /**
   * @throws IllegalArgumentException if a number is out of its range, or a consensus is asked of a
   *     method that has none; the message names it
   */
  public DistillSettings {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(topology, "topology");
    Objects.requireNonNull(mining, "mining");
    Objects.requireNonNull(cluster, "cluster");
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
    if (topology == Topology.CONSENSUS && method.pairwiseOnly()) {
      throw new IllegalArgumentException(
          "topology consensus is for methods that distil distributions (cmd, i2md), found "
              + method.label());
    }
    if (method == Method.CROSCLR && mining.positives() > queue) {
      throw new IllegalArgumentException(
          "mining.positives must be at most the length of the queue (%d), found %d"
              .formatted(queue, mining.positives()));
    }
  }

  private static void temperature(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + " must be finite and greater than 0, found " + value);
    }
  }

  /** Projection heads that the method needs of every encoder. */
  public int heads() {
    return method == Method.I2MD ? 2 : 1;
  }

  /** Whether modalities learn from each other: not with weight 0, and not from themselves. */
  public boolean crossModal(int modalities) {
    return method != Method.BASE && weight > 0 && modalities > 1;
  }

  /** Whether modalities distil distributions into each other. */
  public boolean distils(int modalities) {
    return method.distils() && crossModal(modalities);
  }

  /**
   * The same with another weight of the terms between modalities.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public DistillSettings withWeight(double newWeight) {
    return with(newWeight, cluster);
  }

  /** The same without distillation between the branches of a modality. */
  public DistillSettings withoutIntraModal() {
    return with(weight, cluster.withoutDistillation());
  }

  private DistillSettings with(double newWeight, ClusterSettings newCluster) {
    return new DistillSettings(
        method,
        queue,
        neighbours,
        newWeight,
        contrastTemperature,
        teacherTemperature,
        studentTemperature,
        topology,
        mining,
        newCluster);
  }
}
