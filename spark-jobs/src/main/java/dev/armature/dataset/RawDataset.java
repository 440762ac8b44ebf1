package dev.armature.dataset;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/**
 * A raw data set at a Hadoop path: what it holds, and how its recordings are read. Immutable and
 * serializable; its readers are made where the reading is done.
 */
public interface RawDataset extends Serializable {

  /**
   * Lists the recordings, with their splits, without reading them.
   *
   * @throws IOException if the source cannot be listed
   * @throws DatasetException if the source as a whole cannot be used
   */
  Inventory inventory(Configuration hadoop) throws IOException;

  /**
   * A reader of this data set's recordings, for one thread.
   *
   * @throws IOException if the source cannot be opened
   */
  RecordingReader open(Configuration hadoop) throws IOException;
}
