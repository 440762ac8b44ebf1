package dev.armature.encoder.cuda;

/** A piece of a device's memory, owned by whoever asked for it. */
public interface DeviceMemory extends AutoCloseable {
  /** Address of its first byte, on the device. */
  long address();

  /** Gives it back. Idempotent. Work that uses it must have been waited for. */
  @Override
  void close();
}
