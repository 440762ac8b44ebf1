package dev.armature.encoder;

/**
 * Opens engines of a backend that is not in every build. Found by {@link java.util.ServiceLoader};
 * has a constructor without arguments that loads no native library.
 */
public interface EngineProvider {

  /** The backend whose engines these are. */
  EncoderBackend backend();

  /**
   * Loads the native libraries and looks at the device.
   *
   * @param gpu its address, as the cluster numbers them; empty for the first
   * @param precision in which it is to compute
   * @throws EngineUnavailableException if there is no such device, it cannot compute so, or a
   *     library is missing or too old: what was looked for, what was found, what to change
   */
  DeviceDescription describe(String gpu, GpuPrecision precision);

  /**
   * Opens an engine whose encoders' parameters are all zero.
   *
   * @throws EngineUnavailableException as {@link #describe}
   * @throws IllegalStateException if the device has too little memory
   */
  EncoderEngine open(EncoderShape shape, int modalities, EngineSettings settings);
}
