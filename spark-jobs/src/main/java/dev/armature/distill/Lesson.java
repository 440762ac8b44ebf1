package dev.armature.distill;

/**
 * What a student learns from one teacher.
 *
 * @param term its place among the terms of the loss
 * @param teacher its place among the teachers of {@link TeacherTargets}
 * @param weight in the total
 */
record Lesson(int term, int teacher, double weight) {}
