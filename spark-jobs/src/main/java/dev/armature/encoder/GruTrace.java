package dev.armature.encoder;

/** What one GRU's forward pass keeps for its backward pass. Owned by whoever asked for it. */
public interface GruTrace extends AutoCloseable {
  /** Frees the memory. Idempotent. */
  @Override
  void close();
}
