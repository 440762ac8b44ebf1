package dev.armature.round;

import java.io.Serializable;
import java.util.Comparator;

/**
 * Which piece of a round's result, and whose. Sorting by it puts the workers' contributions to one
 * piece side by side, in the order in which they are summed.
 *
 * @param chunk piece of the flat vectors, or {@link #YIELD}
 * @param worker 0-based
 */
record ChunkKey(int chunk, int worker) implements Serializable {
  /** The piece that is not averaged: a worker's keys and losses. */
  static final int YIELD = -1;

  static final Comparator<ChunkKey> ORDER = new Order();

  private static final class Order implements Comparator<ChunkKey>, Serializable {
    @Override
    public int compare(ChunkKey a, ChunkKey b) {
      int byChunk = Integer.compare(a.chunk, b.chunk);
      return byChunk != 0 ? byChunk : Integer.compare(a.worker, b.worker);
    }
  }
}
