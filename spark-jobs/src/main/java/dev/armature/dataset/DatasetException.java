package dev.armature.dataset;

/**
 * A data set, a prepared store or a request cannot be used as it is. The message is written for the
 * user: what was found, where, and what to do.
 */
public final class DatasetException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DatasetException(String message) {
    super(message);
  }

  public DatasetException(String message, Throwable cause) {
    super(message, cause);
  }
}
