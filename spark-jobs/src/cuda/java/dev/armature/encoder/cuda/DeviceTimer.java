package dev.armature.encoder.cuda;

/** Times what streams do, by the device's own clock. Used by one thread. */
public interface DeviceTimer extends AutoCloseable {

  /** Begins, once a stream has done what it was given up to now. */
  void start(DeviceStream stream);

  /** Ends, likewise. */
  void stop(DeviceStream stream);

  /** Waits for the end; seconds from the beginning. */
  double seconds();

  /** Idempotent. */
  @Override
  void close();
}
