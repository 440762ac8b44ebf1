package dev.armature.round;

import java.io.Serializable;
import java.util.List;

/**
 * Where the states that the workers carry lie between two rounds ({@link Sharing} decides whether
 * they carry any). They never pass through the driver.
 *
 * <p>When the number of workers changes, the states of workers that go are dropped. A worker that
 * is new, of number w, begins with momentum and rounding errors of 0 and with the queues of worker
 * w mod the number of workers before.
 */
public sealed interface CarriedStates extends Serializable {

  /** How many workers have left one; 0 before the first round. */
  int workers();

  /** Nowhere: workers carry nothing, or have not begun. */
  record Nothing() implements CarriedStates {
    @Override
    public int workers() {
      return 0;
    }
  }

  /**
   * In the executors' memory, as blocks of Spark's, on disk where memory is short. They last until
   * the next round is done, or no executor is left that has them.
   *
   * @param id of an RDD that there is not, under which Spark keeps the blocks
   * @param workers that have left a state
   * @param copies on how many executors each lies
   */
  record Blocks(int id, int workers, int copies) implements CarriedStates {}

  /**
   * In files beside a checkpoint.
   *
   * @param folder of the checkpoint; a Hadoop path
   * @param parts a file a worker, by worker
   */
  record Files(String folder, List<CarriedPart> parts) implements CarriedStates {
    /** Copies the list. */
    public Files {
      parts = List.copyOf(parts);
    }

    @Override
    public int workers() {
      return parts.size();
    }
  }
}
