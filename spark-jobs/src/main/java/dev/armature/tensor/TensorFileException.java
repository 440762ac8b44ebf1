package dev.armature.tensor;

import java.io.IOException;

/**
 * A file of tensors cannot be used as it is: it is of another format, damaged, beyond a limit, or
 * holds what is not read. Failures of the file system are plain {@link IOException}s. The message
 * says what was found, where, and what to do; as it quotes the file, it is cut where it grows long,
 * and control characters become question marks.
 */
public final class TensorFileException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int LONGEST = 2000;

  public TensorFileException(String message) {
    super(ContentPath.shown(message, LONGEST));
  }

  public TensorFileException(String message, Throwable cause) {
    super(ContentPath.shown(message, LONGEST), cause);
  }
}
