package dev.armature.round;

/**
 * When a run whose loss grows is given up. A loss or a parameter that is not finite ends a run
 * whatever stands here.
 *
 * @param factor how many times its best a loss may be; 0: any number of times
 * @param window rounds over which a loss is a median, at least 1
 * @param patience rounds in a row for which it is above, at least 1
 */
public record GuardSettings(double factor, int window, int patience) {}
