package dev.armature.evaluate;

import org.apache.spark.Partitioner;

/** Deals out blocks of consecutive ranks to partitions, evenly, in order and never torn. */
final class BlockPartitioner extends Partitioner {
  private final int blockRows;
  private final int blocks;
  private final int partitions;

  BlockPartitioner(int rows, int blockRows, int partitions) {
    this.blockRows = blockRows;
    this.blocks = (rows + blockRows - 1) / blockRows;
    this.partitions = partitions;
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object rank) {
    int block = (Integer) rank / blockRows;
    return (int) ((long) block * partitions / blocks);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockPartitioner partitioner
        && partitioner.blockRows == blockRows
        && partitioner.blocks == blocks
        && partitioner.partitions == partitions;
  }

  @Override
  public int hashCode() {
    return (blockRows * 31 + blocks) * 31 + partitions;
  }
}
