package dev.armature.encoder;

/**
 * What each stream of work on a GPU takes beside the buffers that it works on, as the streams of
 * {@code dev.armature.encoder.cuda} take it.
 */
public final class DeviceStreamMemory {
  /** Bytes of the GPU for cuBLAS: what NVIDIA advises from compute capability 9.0 on. */
  public static final long PRODUCTS = 32L << 20;

  /**
   * Bytes of locked main memory that numbers pass through on their way, in each of two pieces.
   * Larger ones were no faster where such copies are measured.
   */
  public static final long PIECE = 8L << 20;

  /** Bytes of locked main memory of a stream that copies there and back. */
  public static final long STAGING = 2 * PIECE;

  private DeviceStreamMemory() {}
}
