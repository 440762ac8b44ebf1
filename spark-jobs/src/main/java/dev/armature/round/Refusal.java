package dev.armature.round;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotDirectoryException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.token.SecretManager;

/** What a file system's refusals mean. */
final class Refusal {
  /** What stays as it is until somebody changes rights, names or tickets. */
  private static final List<Class<? extends IOException>> LASTING =
      List.of(
          NotWholeException.class,
          LastingRefusalException.class,
          AccessControlException.class,
          AccessDeniedException.class,
          SecretManager.InvalidToken.class,
          ParentNotDirectoryException.class,
          PathIsNotDirectoryException.class,
          FileAlreadyExistsException.class);

  private Refusal() {}

  /** Whether it makes no sense to try again. */
  static boolean isLasting(Throwable refusal, Path path) {
    for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
      Throwable reason = cause;
      if (LASTING.stream().anyMatch(type -> type.isInstance(reason))) {
        return true;
      }
    }
    return isReadOnly(path);
  }

  /**
   * Whether a path is local, and it, if it is a folder, its folder if it is none, or, while there
   * is none, the one that it would be made in may not be written to or stands on a file system that
   * is mounted read-only. The local file system's own exceptions say so only in words, which depend
   * on the language.
   */
  private static boolean isReadOnly(Path path) {
    if (!"file".equals(path.toUri().getScheme())) {
      return false;
    }
    java.nio.file.Path folder = java.nio.file.Path.of(path.toUri().getPath());
    if (!Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    return folder != null && !Files.isWritable(folder);
  }

  /** In one line; HDFS appends the name node's stack trace to its messages. */
  static String reason(Throwable refusal) {
    String message = refusal.getMessage();
    return message == null || message.isBlank()
        ? refusal.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElseThrow();
  }
}
