package dev.armature.encoder.cuda;

/** Work that a stream has recorded, with the memory and the numbers that it was given then. */
public interface DeviceRecording extends AutoCloseable {

  /** Gives it to the stream as a whole. The memory must be where it was. */
  void replay();

  /** Forgets it; no replay may be under way. Idempotent. */
  @Override
  void close();
}
