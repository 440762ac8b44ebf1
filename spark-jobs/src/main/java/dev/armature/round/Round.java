package dev.armature.round;

import java.io.Serializable;

/**
 * One distillation round.
 *
 * @param index 0-based
 * @param epoch 0-based; a round never spans two
 * @param firstBatch the first step's batch within its epoch, 0-based
 * @param firstStep the first step's number since the start of the run, 0-based
 * @param steps steps that every worker takes, at least 1
 * @param workers that take part in it, at least 1
 * @param batches of its epoch, for every worker
 */
public record Round(
    int index, int epoch, int firstBatch, long firstStep, int steps, int workers, int batches)
    implements Serializable {}
