package dev.armature.round;

import java.io.Serializable;

/**
 * How training is distributed.
 *
 * @param workers number of workers that train side by side, at least 1
 * @param coresPerWorker processor cores that a worker's native libraries use, at least 1
 * @param localSteps steps a worker takes between two averages, at least 1
 * @param teacher when the key encoders move
 */
public record RoundSettings(int workers, int coresPerWorker, int localSteps, Teacher teacher)
    implements Serializable {}
