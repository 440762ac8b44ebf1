package dev.armature.evaluate;

/**
 * What an evaluation gives.
 *
 * @param result the figures
 * @param classes the same class by class, where a measure classifies
 */
public record EvaluationOutcome(EvaluationResult result, EvaluationClasses classes) {}
