package dev.armature.distill;

import java.util.List;

/**
 * All losses that come from the similarities of one stream's queries with one queue: computed
 * together, because the products with the queue are what costs most.
 *
 * @param student stream of the queries
 * @param queue stream of the keys, the positive's included
 * @param aggregated whether the positive is the aggregated key, not the key itself
 * @param contrast its contrastive loss's place among the terms
 * @param contrastWeight of its derivatives, from all terms that it is part of
 * @param distilled distributions over the queue that the student learns
 * @param mined positives in the queue that teachers found
 */
public record Pass(
    int student,
    int queue,
    boolean aggregated,
    int contrast,
    double contrastWeight,
    List<Lesson> distilled,
    List<Lesson> mined) {}
