package dev.armature.report;

import dev.armature.evaluate.EvaluationResult;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A run in a comparison.
 *
 * @param caseName of the case it belongs to
 * @param seed of the run
 * @param run name of its folder
 * @param evaluation what was measured; empty if it is not finished
 * @param secondsPerStep how long a step took; empty if it is not finished
 * @param remark why it is not finished; empty if it is
 */
public record ComparedRun(
    String caseName,
    long seed,
    String run,
    Optional<EvaluationResult> evaluation,
    OptionalDouble secondsPerStep,
    String remark) {}
