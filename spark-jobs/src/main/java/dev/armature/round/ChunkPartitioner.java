package dev.armature.round;

import org.apache.spark.Partitioner;

/**
 * Spreads the pieces of a result over the tasks that sum them. The workers' accounts have the last
 * task for themselves.
 */
final class ChunkPartitioner extends Partitioner {
  private final int chunks;
  private final int tasks;

  /**
   * Partitions of some {@link ChunkLayout#CHUNK} numbers each, so that a task's average is as small
   * as a piece and the driver never holds much of what has not found its place; of small vectors no
   * more than there are workers, since a task has its price.
   */
  ChunkPartitioner(ChunkLayout layout, int workers) {
    chunks = layout.count();
    long numbers = (long) layout.kinds().size() * layout.modalities() * layout.size();
    long full = (numbers + layout.chunk() - 1) / layout.chunk();
    tasks = (int) Math.min(chunks, Math.max(workers, full));
  }

  /** The partition of the workers' accounts. */
  int accounts() {
    return tasks;
  }

  @Override
  public int numPartitions() {
    return tasks + 1;
  }

  @Override
  public int getPartition(Object key) {
    int chunk = ((ChunkKey) key).chunk();
    return chunk == ChunkKey.YIELD ? accounts() : (int) ((long) chunk * tasks / chunks);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChunkPartitioner partitioner
        && partitioner.chunks == chunks
        && partitioner.tasks == tasks;
  }

  @Override
  public int hashCode() {
    return 31 * chunks + tasks;
  }
}
