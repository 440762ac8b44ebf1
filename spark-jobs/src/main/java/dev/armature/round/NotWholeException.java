package dev.armature.round;

import java.io.IOException;

/** A checkpoint can be read, but is not what was written. */
public final class NotWholeException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param reason continues a sentence about the checkpoint
   */
  NotWholeException(String reason) {
    super(reason);
  }

  NotWholeException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
