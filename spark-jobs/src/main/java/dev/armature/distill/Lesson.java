package dev.armature.distill;

/**
 * What a student learns from one teacher.
 *
 * @param term its place among the terms of the loss
 * @param teacher its place among the teachers of {@link LossPlan}
 * @param weight in the total
 */
public record Lesson(int term, int teacher, double weight) {}
