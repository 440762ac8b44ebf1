package dev.armature.job;

/** The call or its configuration is wrong; the message says what to change. Exit code 2. */
public final class UserMistakeException extends RuntimeException {

  /** A mistake, described for the person who made it. */
  public UserMistakeException(String message) {
    super(message);
  }

  /** A mistake found by way of another exception, which --verbose shows. */
  public UserMistakeException(String message, Throwable cause) {
    super(message, cause);
  }
}
