package dev.armature.round;

import java.io.IOException;

/** A file system has refused something to an executor, and waiting does not heal it. */
final class LastingRefusalException extends IOException {
  private static final long serialVersionUID = 1;

  LastingRefusalException(String reason) {
    super(reason);
  }
}
