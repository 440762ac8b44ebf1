package dev.armature.evaluate;

import dev.armature.augment.AugmentSettings;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.skeleton.SkeletonLayout;
import org.apache.spark.api.java.JavaRDD;

/**
 * What encoders are evaluated on.
 *
 * @param training sequences that classifiers may learn from; every index once
 * @param test sequences that they are measured on; every index once
 * @param classes number of classes; labels are 0 to classes − 1
 * @param layout the layout of all sequences
 * @param persons persons of a view, 1 or 2, as in pre-training
 * @param views how views are made: their number of frames, whether crops for training are random,
 *     and the ratios of downstream and evaluation crops are used
 */
public record EvaluationInput(
    JavaRDD<StoredSequence> training,
    JavaRDD<StoredSequence> test,
    int classes,
    SkeletonLayout layout,
    int persons,
    AugmentSettings views) {

  /**
   * @throws IllegalArgumentException if there are fewer than two classes
   */
  public EvaluationInput {
    if (classes < 2) {
      throw new IllegalArgumentException(
          "classification needs at least 2 classes, found %d".formatted(classes));
    }
  }
}
