package dev.armature.round;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import scala.Option;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Puts what workers carry into Spark's block store, and gets it from there, a block a vector.
 *
 * <p>The blocks have names of an RDD's blocks, though there is no such RDD: those are the ones that
 * Spark copies again when an executor that had one is lost, and removes all at once. Every attempt
 * of a task writes the same content, so that it does not count which one wrote it.
 */
final class CarriedBlocks {
  private static final ClassTag<Block> TYPE = ClassTag$.MODULE$.apply(Block.class);

  private CarriedBlocks() {}

  private record Block(long enqueued, FloatBlock values) implements Serializable {}

  /** A place for the states of the next round's end; on two executors where there are so many. */
  static CarriedStates.Blocks place(SparkContext spark, int workers) {
    // The driver is among those whose memory Spark tells.
    int executors = spark.getExecutorMemoryStatus().size() - 1;
    return new CarriedStates.Blocks(spark.newRddId(), workers, executors > 1 ? 2 : 1);
  }

  /** On the driver: removes them everywhere. */
  static void remove(SparkContext spark, CarriedStates.Blocks states) {
    // Also tells Spark's dynamic allocation that an executor does not hold them any more.
    spark.unpersistRDD(states.id(), false);
  }

  private static RDDBlockId name(
      CarriedStates.Blocks states, CarriedLayout layout, int worker, int place) {
    return new RDDBlockId(states.id(), Math.multiplyExact(worker, layout.slots().size()) + place);
  }

  /** On an executor: keeps a worker's state for its next round. */
  static void put(
      CarriedStates.Blocks states, CarriedLayout layout, int worker, CarriedState state) {
    // An attempt that was given up must not leave blocks that nobody removes.
    TaskContext.get().killTaskIfInterrupted();
    BlockManager blocks = SparkEnv.get().blockManager();
    StorageLevel level =
        states.copies() > 1 ? StorageLevel.MEMORY_AND_DISK_2() : StorageLevel.MEMORY_AND_DISK();
    for (int place = 0; place < layout.slots().size(); place++) {
      Block block = new Block(state.enqueued(), state.vectors().get(place));
      if (!blocks.putSingle(name(states, layout, worker, place), block, level, true, TYPE)) {
        throw new IllegalStateException(
            "%s of worker %d cannot be kept for its next round: neither memory nor disk of the executor has room"
                .formatted(layout.slots().get(place).name(), worker));
      }
    }
  }

  /**
   * On an executor: what a worker has left at the end of the round before.
   *
   * @throws CarriedStateLostException if nobody has it any more
   */
  static CarriedState get(CarriedStates.Blocks states, CarriedLayout layout, int worker) {
    BlockManager blocks = SparkEnv.get().blockManager();
    List<FloatBlock> vectors = new ArrayList<>();
    long enqueued = 0;
    for (int place = 0; place < layout.slots().size(); place++) {
      Option<BlockResult> found = blocks.get(name(states, layout, worker, place), TYPE);
      if (found.isEmpty()) {
        throw new CarriedStateLostException(
            "%s of worker %d is lost: no executor that had it is left"
                .formatted(layout.slots().get(place).name(), worker));
      }
      Block block = (Block) found.get().data().next();
      // At its end the iterator gives up the lock on the block.
      found.get().data().hasNext();
      vectors.add(block.values());
      enqueued = block.enqueued();
    }
    return new CarriedState(enqueued, vectors);
  }
}
