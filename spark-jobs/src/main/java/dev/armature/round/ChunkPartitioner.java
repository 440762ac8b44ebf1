package dev.armature.round;

import org.apache.spark.Partitioner;

/** Spreads the pieces of a result over the tasks that sum them. */
final class ChunkPartitioner extends Partitioner {
  private final int partitions;

  ChunkPartitioner(int partitions) {
    this.partitions = partitions;
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object key) {
    return Math.floorMod(((ChunkKey) key).chunk(), partitions);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChunkPartitioner partitioner && partitioner.partitions == partitions;
  }

  @Override
  public int hashCode() {
    return partitions;
  }
}
