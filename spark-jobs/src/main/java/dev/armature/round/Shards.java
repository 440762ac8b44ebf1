package dev.armature.round;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The training data, dealt out to the workers like cards: worker w of W gets the sequences w, w+W,
 * w+2W, … of the data set. Kept in the executors' memory, and made again from the data set where
 * one is lost.
 */
final class Shards {
  private final JavaRDD<Shard> rdd;
  private final int workers;
  private final int sequences;

  private Shards(JavaRDD<Shard> rdd, int workers, int sequences) {
    this.rdd = rdd;
    this.workers = workers;
    this.sequences = sequences;
  }

  static Shards deal(JavaRDD<StoredSequence> data, int workers) {
    JavaRDD<Shard> rdd =
        data.mapToPair(stored -> new Tuple2<>(stored.index(), stored))
            .partitionBy(new Dealer(workers))
            .mapPartitionsWithIndex(Shards::shard, true)
            .persist(StorageLevel.MEMORY_AND_DISK());
    int sequences = rdd.map(shard -> shard.sequences().size()).reduce(Math::addExact);
    return new Shards(rdd, workers, sequences);
  }

  private static Iterator<Shard> shard(
      Integer worker, Iterator<Tuple2<Integer, StoredSequence>> dealt) {
    List<StoredSequence> stored = new ArrayList<>();
    dealt.forEachRemaining(pair -> stored.add(pair._2()));
    stored.sort(Comparator.comparingInt(StoredSequence::index));
    List<SkeletonSequence> sequences =
        new ArrayList<>(stored.stream().map(StoredSequence::sequence).toList());
    return List.of(new Shard(worker, sequences)).iterator();
  }

  /** A shard a partition, by worker. */
  JavaRDD<Shard> rdd() {
    return rdd;
  }

  /** Number of workers that the data is dealt out to. */
  int workers() {
    return workers;
  }

  /**
   * Number of sequences of all of them; the worker that has fewest has an equal part, rounded down.
   */
  int sequences() {
    return sequences;
  }

  void release() {
    rdd.unpersist(false);
  }

  private static final class Dealer extends Partitioner {
    private final int workers;

    Dealer(int workers) {
      this.workers = workers;
    }

    @Override
    public int numPartitions() {
      return workers;
    }

    @Override
    public int getPartition(Object index) {
      return (Integer) index % workers;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Dealer dealer && dealer.workers == workers;
    }

    @Override
    public int hashCode() {
      return workers;
    }
  }
}
