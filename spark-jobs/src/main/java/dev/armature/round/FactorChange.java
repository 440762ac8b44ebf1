package dev.armature.round;

import java.io.Serializable;
import java.util.List;

/**
 * A change of the learning rate or of a weight.
 *
 * @param epoch 1-based: the first epoch with the change
 * @param factor by which it is multiplied from then on
 */
public record FactorChange(int epoch, double factor) implements Serializable {

  /**
   * The value in an epoch, after all changes up to it.
   *
   * @param initial the value before any change
   * @param changes in any order
   * @param epoch 0-based
   */
  static double value(double initial, List<FactorChange> changes, int epoch) {
    double value = initial;
    for (FactorChange change : changes) {
      if (epoch + 1 >= change.epoch()) {
        value *= change.factor();
      }
    }
    return value;
  }
}
