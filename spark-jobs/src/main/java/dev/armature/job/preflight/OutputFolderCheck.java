package dev.armature.job.preflight;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Whether a folder can be written to, found out by doing what a run does there: making folders,
 * writing, renaming, reading back, deleting. Permissions alone tell little. Nothing is left behind,
 * also not the folder where there was none.
 */
public final class OutputFolderCheck {
  private static final String CHECK = "output folder";
  private static final byte[] CONTENT =
      "armature was here; this file may be deleted\n"
          .getBytes(java.nio.charset.StandardCharsets.UTF_8);

  private OutputFolderCheck() {}

  /** Tries it. */
  public static Finding of(FileSystem fileSystem, Path folder) {
    List<Path> made = new ArrayList<>();
    try {
      for (Path missing : missing(fileSystem, folder)) {
        if (!fileSystem.mkdirs(missing)) {
          return fail(folder, "the folder %s cannot be made".formatted(missing));
        }
        made.add(0, missing);
      }
      write(fileSystem, folder);
      return Finding.ok(CHECK, "can be written to", "writing, renaming, deleting");
    } catch (IOException | RuntimeException refused) {
      return fail(folder, String.valueOf(refused.getMessage()).lines().findFirst().orElse(""));
    } finally {
      remove(fileSystem, made);
    }
  }

  private static Finding fail(Path folder, String why) {
    return Finding.fail(
        CHECK,
        "cannot be written to",
        "writing, renaming, deleting",
        "nothing can be written to %s: %s; give another output.dir, or the right to write to it"
            .formatted(folder, why));
  }

  /** The folder and those above it that are not there, from the outermost. */
  private static List<Path> missing(FileSystem fileSystem, Path folder) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path path = folder; path != null; path = path.getParent()) {
      FileStatus status = statusOrNull(fileSystem, path);
      if (status != null && !status.isDirectory()) {
        throw new IOException("%s is a file".formatted(path));
      }
      if (status != null) {
        break;
      }
      missing.add(0, path);
    }
    return missing;
  }

  private static FileStatus statusOrNull(FileSystem fileSystem, Path path) throws IOException {
    try {
      return fileSystem.getFileStatus(path);
    } catch (FileNotFoundException none) {
      return null;
    } catch (IOException belowFile) {
      // Below a file some file systems say "not a directory"; the file itself comes next.
      if (path.getParent() != null && fileSystem.exists(path.getParent())) {
        throw belowFile;
      }
      return null;
    }
  }

  /** Does there what a run does. */
  static void write(FileSystem fileSystem, Path folder) throws IOException {
    String name = ".armature-probe-" + UUID.randomUUID();
    Path written = new Path(folder, name + ".incomplete");
    Path renamed = new Path(folder, name);
    try {
      try (FSDataOutputStream out = fileSystem.create(written, false)) {
        out.write(CONTENT);
      }
      if (!fileSystem.rename(written, renamed)) {
        throw new IOException("a file there cannot be renamed");
      }
      byte[] found = new byte[CONTENT.length];
      try (FSDataInputStream in = fileSystem.open(renamed)) {
        in.readFully(0, found);
      }
      if (!Arrays.equals(found, CONTENT)) {
        throw new IOException("what is read back is not what was written");
      }
    } finally {
      fileSystem.delete(written, false);
      fileSystem.delete(renamed, false);
    }
    if (fileSystem.exists(renamed)) {
      throw new IOException("a file there cannot be deleted");
    }
  }

  private static void remove(FileSystem fileSystem, List<Path> made) {
    for (Path path : made) {
      try {
        // Not recursively: what somebody else has put there meanwhile stays.
        fileSystem.delete(path, false);
      } catch (IOException inUse) {
        return;
      }
    }
  }
}
