package dev.armature.evaluate.embedding;

/** Something that the user can put right; the message says what was found and what to do. */
public final class EmbeddingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a message for the user. */
  public EmbeddingException(String message) {
    super(message);
  }
}
