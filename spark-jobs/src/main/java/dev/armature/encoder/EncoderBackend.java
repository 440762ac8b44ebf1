package dev.armature.encoder;

import java.util.Locale;

/** What computes the recurrent layers of an engine. */
public enum EncoderBackend {
  /** oneDNN's {@code lbr_gru} primitives: what training uses on processors. Linux on x86-64. */
  ONEDNN,
  /** ND4J operations, frame by frame: slow, and what the other is held against in tests. */
  PLAIN,
  /**
   * cuDNN and cuBLAS on an NVIDIA GPU, on which everything stays from round to round. In builds
   * with the profile {@code cuda} alone.
   */
  CUDNN,
  /**
   * DL4J's graph on ND4J's CUDA arrays, recurrent layers by cuDNN. In builds with the profile
   * {@code nd4j-cuda} alone; up to compute capability 8.9.
   */
  ND4J_CUDA;

  /** Whether it computes on a GPU. */
  public boolean onGpu() {
    return this == CUDNN || this == ND4J_CUDA;
  }

  /** Whether losses, and the queues they need, are on the GPU, too. */
  public boolean lossesOnGpu() {
    return this == CUDNN;
  }

  /** Its name in configurations. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
