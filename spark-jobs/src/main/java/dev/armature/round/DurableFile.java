package dev.armature.round;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.permission.FsCreateModes;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Files that lie on disks once their writing has returned, and not only in the memory of machines
 * that may go down together: HDFS syncs every block when it is complete and the last one before the
 * file is closed.
 */
public final class DurableFile {
  /** For the others Hadoop deletes what is there, too, by a client of its own for each file. */
  private static final Set<String> RENAMES_OVER = Set.of("hdfs", "viewfs");

  private DurableFile() {}

  /** What a file is to hold. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file under a temporary name beside its own, and renames it: a reader sees the whole
   * file, or what was there before; on object stores, which cannot rename over a file, for a moment
   * none. Folders that are missing are made.
   *
   * @param path on the file system; replaced if it is there
   * @throws IOException if it cannot be written; what was there before still is
   */
  public static void replace(FileSystem files, Path path, Content content) throws IOException {
    Path temporary = new Path(path.getParent(), "." + path.getName() + ".incomplete");
    write(files, temporary, content);
    rename(files, temporary, path);
  }

  /** The same of some bytes, at a path of any Hadoop file system. */
  public static void replace(Path path, byte[] content, Configuration configuration)
      throws IOException {
    replace(path.getFileSystem(configuration), path, out -> out.write(content));
  }

  /**
   * Gives a whole file its name, over one that has it; a file without use is deleted. On local file
   * systems and HDFS there is always one of that name. Others know nothing of that kind: what was
   * there is deleted first.
   */
  static void rename(FileSystem files, Path temporary, Path path) throws IOException {
    try {
      deleteOwnChecksum(files, path);
      if ("file".equals(files.getUri().getScheme())) {
        Files.move(local(temporary), local(path), StandardCopyOption.ATOMIC_MOVE);
      } else {
        renameOver(files, files.makeQualified(temporary), files.makeQualified(path));
      }
    } catch (IOException | FSError unnamed) {
      discard(files, temporary, unnamed);
      throw unnamed;
    }
  }

  /**
   * Writes a file, over one that is there. A file that could not be finished is deleted if the file
   * system lets it.
   *
   * @throws IOException if it cannot be written
   */
  public static void write(FileSystem files, Path path, Content content) throws IOException {
    try {
      FSDataOutputStream out = create(files, path);
      // Not by try-with-resources: a stream of HDFS that has failed throws the same exception again
      // when it is closed, and no exception can be suppressed by itself.
      try {
        content.writeTo(out);
        // Object stores have no such thing: there a file is whole or absent by itself.
        if (out.hasCapability(StreamCapabilities.HSYNC)) {
          out.hsync();
        }
      } finally {
        out.close();
      }
    } catch (IOException | FSError unwritten) {
      discard(files, path, unwritten);
      throw unwritten;
    }
  }

  private static void renameOver(FileSystem files, Path temporary, Path path) throws IOException {
    if (RENAMES_OVER.contains(files.getUri().getScheme())) {
      FileContext.getFileContext(files.getUri(), files.getConf())
          .rename(temporary, path, Options.Rename.OVERWRITE);
      return;
    }
    files.delete(path, false);
    if (!files.rename(temporary, path)) {
      throw new IOException("could not rename %s to %s".formatted(temporary, path));
    }
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  /** Deletes a file of no use if the file system lets it; a refusal is noted in the failure. */
  static void discard(FileSystem files, Path path, Throwable failure) {
    try {
      files.delete(path, false);
    } catch (IOException refused) {
      failure.addSuppressed(refused);
    }
  }

  private static FSDataOutputStream create(FileSystem files, Path path) throws IOException {
    deleteOwnChecksum(files, path);
    // With checksums of its own the local file system cannot sync.
    FileSystem syncing = files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
    return syncing.create(
        path,
        FsCreateModes.applyUMask(
            FsPermission.getFileDefault(), FsPermission.getUMask(syncing.getConf())),
        EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE, CreateFlag.SYNC_BLOCK),
        syncing.getConf().getInt("io.file.buffer.size", 4096),
        syncing.getDefaultReplication(path),
        syncing.getDefaultBlockSize(path),
        null);
  }

  /** The local file system's checksum of a file that is about to be another would be outdated. */
  private static void deleteOwnChecksum(FileSystem files, Path path) throws IOException {
    if (files instanceof LocalFileSystem local) {
      local.getRawFileSystem().delete(local.getChecksumFile(path), false);
    }
  }
}
