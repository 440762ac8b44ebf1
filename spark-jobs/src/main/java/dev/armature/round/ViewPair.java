package dev.armature.round;

import dev.armature.augment.ViewBatch;

/**
 * The two views of a step's sequences.
 *
 * @param query what the query encoders see
 * @param key what the key encoders see
 */
record ViewPair(ViewBatch query, ViewBatch key) {}
