package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Recording;
import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** Where a preparation's recordings come from. */
interface RecordingSource extends AutoCloseable {

  /**
   * Lists the recordings.
   *
   * @throws DatasetException if the source cannot be used
   * @throws IOException if it fails
   */
  Inventory inventory() throws IOException;

  /**
   * Reads and normalizes recordings, in their order.
   *
   * @param recordings those of the inventory
   * @param tasks in how many partitions
   */
  JavaRDD<Outcome> outcomes(List<Recording> recordings, int tasks, ReadingCounts counts);

  /** Lets go of what reading took on the cluster. */
  @Override
  void close();
}
