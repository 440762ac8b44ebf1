package dev.armature.encoder;

/**
 * A backend was asked for that cannot be used here: it is not in this build, or its device, its
 * driver or a library is missing. The message says what to change; nothing computes in its place.
 */
public final class EngineUnavailableException extends RuntimeException {

  /** What is missing, and what to change. */
  public EngineUnavailableException(String message) {
    super(message);
  }

  /** The same, found by way of another failure. */
  public EngineUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
