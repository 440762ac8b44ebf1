package dev.armature.encoder;

/** What computes the recurrent layers of an engine. */
public enum EncoderBackend {
  /** oneDNN's {@code lbr_gru} primitives: what training uses. Linux on x86-64. */
  ONEDNN,
  /** ND4J operations, frame by frame: slow, and what the other is held against in tests. */
  PLAIN
}
