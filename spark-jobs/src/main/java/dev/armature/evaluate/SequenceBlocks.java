package dev.armature.evaluate;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.skeleton.SkeletonSequence;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * A split of a data set, shuffled once into blocks of consecutive sequences and kept, in memory or
 * on the executors' disks, until it is closed.
 *
 * <p>A block is what an encoder is given at once. Which sequences make a block depends on their
 * indices alone, never on how they were partitioned: native libraries may add up in another order
 * in another batch, so this is what makes every result the same, bit for bit, on any cluster.
 */
public final class SequenceBlocks implements AutoCloseable {
  /**
   * Sequences a block. oneDNN's GRUs gain little from more: at hidden 64 one core represents 2,170,
   * 2,460 and 2,510 sequences a second in blocks of 64, 128 and 256.
   */
  public static final int ROWS = 128;

  /** Partitions for every core, so that a slow one does not hold up the rest. */
  private static final int PARTITIONS_PER_CORE = 2;

  private final JavaPairRDD<Integer, SkeletonSequence> ranked;
  private final Broadcast<int[]> indices;
  private final int[] labels;

  private SequenceBlocks(
      JavaPairRDD<Integer, SkeletonSequence> ranked, Broadcast<int[]> indices, int[] labels) {
    this.ranked = ranked;
    this.indices = indices;
    this.labels = labels;
  }

  /**
   * Reads a split through once, for its indices and labels; its sequences are shuffled on first
   * use.
   *
   * @param name of the split, for messages
   * @param classes number of classes
   * @throws IllegalArgumentException if the split is empty, an index stands twice or a label is no
   *     class
   */
  public static SequenceBlocks of(
      JavaSparkContext spark, String name, JavaRDD<StoredSequence> sequences, int classes) {
    List<Entry> entries =
        sequences
            .map(stored -> new Entry(stored.index(), stored.sequence().label()))
            .collect()
            .stream()
            .sorted(Comparator.comparingInt(Entry::index))
            .toList();
    if (entries.isEmpty()) {
      throw new IllegalArgumentException(
          "the %s split has no sequences; look into the data set's manifest for what was set aside"
              .formatted(name));
    }
    for (int rank = 0; rank < entries.size(); rank++) {
      Entry entry = entries.get(rank);
      if (entry.label() < 0 || entry.label() >= classes) {
        throw new IllegalArgumentException(
            "sequence %d of the %s split has label %d; with %d classes labels are 0 to %d"
                .formatted(entry.index(), name, entry.label(), classes, classes - 1));
      }
      if (rank > 0 && entries.get(rank - 1).index() == entry.index()) {
        throw new IllegalArgumentException(
            "index %d stands twice in the %s split; prepare the data set anew"
                .formatted(entry.index(), name));
      }
    }
    int rows = entries.size();
    int blocks = (rows + ROWS - 1) / ROWS;
    int partitions = Math.min(blocks, PARTITIONS_PER_CORE * spark.defaultParallelism());
    Broadcast<int[]> indices = spark.broadcast(entries.stream().mapToInt(Entry::index).toArray());
    JavaPairRDD<Integer, SkeletonSequence> ranked =
        sequences
            .mapToPair(
                stored ->
                    new Tuple2<>(
                        Arrays.binarySearch(indices.value(), stored.index()), stored.sequence()))
            .repartitionAndSortWithinPartitions(new BlockPartitioner(rows, ROWS, partitions))
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new SequenceBlocks(ranked, indices, entries.stream().mapToInt(Entry::label).toArray());
  }

  /** Number of sequences. */
  public int rows() {
    return labels.length;
  }

  /** The labels, in the order of the sequences' indices; shared, not to be written to. */
  public int[] labels() {
    return labels;
  }

  /** The sequences by their rank among the split's indices, ranks rising within a partition. */
  JavaPairRDD<Integer, SkeletonSequence> ranked() {
    return ranked;
  }

  /** Lets go of what the executors keep. */
  @Override
  public void close() {
    ranked.unpersist(false);
    indices.destroy();
  }

  private record Entry(int index, int label) implements Serializable {}
}
