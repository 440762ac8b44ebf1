package dev.armature.dataset.store;

import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;

/**
 * What came of reading one recording.
 *
 * @param split the part it belongs to
 * @param sequence the sequence, or null if it was set aside
 * @param setAside why it was set aside, or null if it was not
 */
record Outcome(Split split, SkeletonSequence sequence, SetAside setAside) implements Serializable {}
