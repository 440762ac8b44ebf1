package dev.armature.evaluate.embedding;

/** A row that holds no sequence that can be encoded; the message says why. */
final class InvalidRowException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidRowException(String message) {
    super(message);
  }
}
