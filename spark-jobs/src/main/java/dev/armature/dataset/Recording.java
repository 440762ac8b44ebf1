package dev.armature.dataset;

import java.io.Serializable;

/**
 * One recording of a raw data set, as known before it is read.
 *
 * @param id unique within the data set, for instance {@code S001C001P001R001A001}
 * @param location where it lies, as its reader understands it: a Hadoop path, or the name of a part
 *     of the data set
 * @param position its place within the location; 0 where a file holds one recording
 * @param bytes how much there is to read; 0 where nothing is
 * @param label the action, 0-based
 * @param subject who performed it; 0 where it is unknown
 * @param camera the camera; 0 where it is unknown
 * @param setup the recording set-up; 0 where it is unknown
 * @param split the part it belongs to
 * @param detail what else its reader needs to find and read it, in the reader's own words; empty
 *     where nothing
 */
public record Recording(
    String id,
    String location,
    long position,
    long bytes,
    int label,
    int subject,
    int camera,
    int setup,
    Split split,
    String detail)
    implements Serializable {

  /** A recording whose location and position are enough. */
  public Recording(
      String id,
      String location,
      long position,
      long bytes,
      int label,
      int subject,
      int camera,
      int setup,
      Split split) {
    this(id, location, position, bytes, label, subject, camera, setup, split, "");
  }
}
