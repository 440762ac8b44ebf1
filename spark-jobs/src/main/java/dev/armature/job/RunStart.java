package dev.armature.job;

import dev.armature.round.TrainingState;
import java.util.Map;

/**
 * Where a run begins: at its start, from another run's checkpoint, or after its own newest one.
 *
 * @param state what the first round begins with
 * @param provenance of the run's checkpoints
 * @param announcement lines that tell the user of another run's checkpoint; empty without one
 */
record RunStart(TrainingState state, Map<String, String> provenance, String announcement) {}
