package dev.armature.encoder;

/**
 * Measures the device on which an engine computes, by the device's own clock. Used by the engine's
 * thread, and closed before the engine.
 */
public interface DeviceMeter extends AutoCloseable {

  /** Begins to measure, once the device has done what the engine was given up to now. */
  void start();

  /** Ends it, likewise; the caller goes on. */
  void stop();

  /** Waits for the end; seconds from the beginning. */
  double seconds();

  /**
   * Measures products of large matrices in the engine's precision, whose factors are floats in
   * memory.
   *
   * @return operations a second, a multiplication and an addition as two
   */
  double productRate();

  /**
   * Measures copies from the device's memory to itself.
   *
   * @return bytes a second, those read and those written
   */
  double copyRate();

  /** Bytes of the device's memory that nobody has taken. */
  long bytesFree();

  /** Bytes of the device's memory. */
  long bytes();

  /** Idempotent. */
  @Override
  void close();
}
