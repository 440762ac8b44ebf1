package dev.armature.evaluate.embedding;

/** Hears how far an embedding has come; called on the driver, by one thread. */
@FunctionalInterface
public interface EmbeddingProgress {

  /** Tells nobody. */
  EmbeddingProgress SILENT = (done, total) -> {};

  /**
   * Some parts are done. Told of once before any work, with what an earlier call has done.
   *
   * @param done sequences
   * @param total sequences
   */
  void advanced(long done, long total);
}
