package dev.armature.dataset;

import dev.armature.skeleton.SkeletonSequence;
import java.io.Closeable;
import java.io.IOException;

/** Reads and normalizes recordings, one after another. Not thread-safe: it reuses its buffers. */
public interface RecordingReader extends Closeable {

  /**
   * Reads one recording.
   *
   * @return the normalized sequence, at least two frames, all coordinates finite
   * @throws BadRecordingException if this recording cannot be used
   * @throws IOException if the source failed, which says nothing about the recording
   */
  SkeletonSequence read(Recording recording) throws IOException, BadRecordingException;

  @Override
  default void close() throws IOException {}
}
