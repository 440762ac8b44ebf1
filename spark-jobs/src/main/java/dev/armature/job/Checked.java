package dev.armature.job;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * A command that can find out what is wrong with its call before a cluster is asked for anything.
 */
interface Checked {
  /**
   * Reads the configuration alone, as far as it tells without data and folders.
   *
   * @throws UserMistakeException naming what is wrong
   */
  default void checkSettings(Configuration hadoop) {}

  /**
   * Reads what the call names, and changes nothing.
   *
   * @throws UserMistakeException or a {@code DatasetException} naming what is wrong
   */
  void check(Configuration hadoop) throws IOException;
}
