package dev.armature.round;

import java.io.Serializable;
import java.util.List;

/**
 * What a worker did in a round, apart from its parameters.
 *
 * @param worker 0-based
 * @param steps a record per step, in order
 * @param keys the keys the common queues take, by stream, none if there are no such queues: steps ×
 *     batch × embedding, for the last {@code keySteps} steps of the round
 * @param keysFrom the first step whose keys are sent; those of the steps before it would be
 *     displaced at once
 * @param keySteps number of steps whose keys are sent
 * @param phases where the worker's time went
 * @param host where it ran
 */
record WorkerRound(
    int worker,
    List<StepLosses> steps,
    List<FloatBlock> keys,
    int keysFrom,
    int keySteps,
    PhaseTimes phases,
    String host)
    implements Serializable {}
