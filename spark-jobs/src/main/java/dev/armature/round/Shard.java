package dev.armature.round;

import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.List;

/**
 * The sequences one worker trains on.
 *
 * @param worker 0-based
 * @param sequences in the order of the data set
 */
record Shard(int worker, List<SkeletonSequence> sequences) implements Serializable {}
