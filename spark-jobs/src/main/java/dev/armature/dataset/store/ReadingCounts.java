package dev.armature.dataset.store;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.Recording;
import dev.armature.dataset.SetAside;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts recordings while they are read; for progress only, as a task that runs again counts again.
 *
 * @param done all
 * @param bad those set aside
 */
record ReadingCounts(LongAccumulator done, LongAccumulator bad) implements Serializable {

  /** Reads one recording, or says why it cannot be used. */
  @FunctionalInterface
  interface Reading {
    /**
     * Reads it.
     *
     * @throws BadRecordingException if it cannot be used
     * @throws IOException if the source fails
     */
    SkeletonSequence read() throws IOException, BadRecordingException;
  }

  static ReadingCounts start(SparkContext context) {
    return new ReadingCounts(
        context.longAccumulator("recordings read"),
        context.longAccumulator("recordings set aside"));
  }

  /** What comes of reading a recording. */
  Outcome outcome(Recording recording, Reading reading) throws IOException {
    done.add(1);
    try {
      return new Outcome(recording.split(), reading.read(), null);
    } catch (BadRecordingException e) {
      bad.add(1);
      return new Outcome(
          recording.split(), null, new SetAside(recording.id(), e.fault(), e.getMessage()));
    }
  }
}
