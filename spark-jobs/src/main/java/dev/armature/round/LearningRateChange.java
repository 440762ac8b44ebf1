package dev.armature.round;

import java.io.Serializable;

/**
 * A point of the learning-rate schedule.
 *
 * @param epoch the first epoch, 1-based, to which it applies
 * @param factor what the learning rate is multiplied with from then on
 */
public record LearningRateChange(int epoch, double factor) implements Serializable {}
