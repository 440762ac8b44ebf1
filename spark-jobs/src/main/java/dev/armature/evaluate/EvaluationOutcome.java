package dev.armature.evaluate;

import java.util.Optional;

/**
 * What an evaluation gives.
 *
 * @param result the figures
 * @param classes the same class by class, where a measure classifies
 * @param map what can be looked at of the trained encoders; empty where nobody wanted it, before
 *     their nearest neighbours are searched, and where it could not be made
 */
public record EvaluationOutcome(
    EvaluationResult result, EvaluationClasses classes, Optional<EvaluationMap> map) {}
