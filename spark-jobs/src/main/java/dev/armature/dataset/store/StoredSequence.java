package dev.armature.dataset.store;

import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;

/**
 * A sequence of a prepared data set.
 *
 * @param index its place in its split, in order of the ids; 0-based, without gaps
 * @param sequence the sequence itself
 */
public record StoredSequence(int index, SkeletonSequence sequence) implements Serializable {}
