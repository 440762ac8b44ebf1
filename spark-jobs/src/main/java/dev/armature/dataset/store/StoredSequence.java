package dev.armature.dataset.store;

import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;

/**
 * A sequence of a prepared data set.
 *
 * @param index its place in its split, in the data set's order; 0-based, without gaps
 * @param sequence the sequence itself
 */
public record StoredSequence(int index, SkeletonSequence sequence) implements Serializable {}
