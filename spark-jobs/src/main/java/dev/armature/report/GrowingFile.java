package dev.armature.report;

import dev.armature.round.Patience;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.commons.io.IOUtils;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * A file that grows by whole records, lines of a text for instance, and outlives the stream that it
 * is written by.
 *
 * <p>Where a file can be read while it is written (HDFS, a local disk), records are flushed one by
 * one. Where a stream breaks (HDFS has lost the datanodes of its last block, a disk is full), the
 * file is cut back to the last record that is known to have arrived and opened again to append; a
 * file system that can do neither gets a new file with the old one's records.
 *
 * <p>Where a file is there only when it has been closed (object stores, HDFS with erasure coding),
 * records are held in memory and {@link #persist} writes the file anew, with what it had and with
 * them; so it is written when records have come to some megabytes, too. What streams can do they
 * say themselves ({@link StreamCapabilities.HSYNC}).
 *
 * <p>A file that is written anew is first renamed, and deleted only when the new one can be read:
 * at no moment is a record in no file that has been in one. Not thread-safe.
 */
final class GrowingFile implements Closeable {
  /** So many bytes are held, some thousand steps, before the file is written anew. */
  static final int MOST_HELD = 4 << 20;

  private final FileSystem files;
  private final Path path;
  private final Path before;
  private final Patience patience;

  /** Null while there is none that works. */
  private FSDataOutputStream out;

  /** Whether records can be read when they are flushed, and not only when the file is closed. */
  private boolean flushes;

  /** Records that are in no file yet. */
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  /** Bytes that have arrived. */
  private long length;

  private GrowingFile(FileSystem files, Path path, Path before, Patience patience) {
    this.files = files;
    this.path = path;
    this.before = before;
    this.patience = patience;
  }

  /** What a file that is opened anew begins with. */
  @FunctionalInterface
  interface Beginning {
    /**
     * Writes it.
     *
     * @param before what the file was; nothing if there was none. A crash may have cut it short
     * @param out the file
     */
    void write(InputStream before, OutputStream out) throws IOException;
  }

  /** The local file system with checksums holds bytes back until a block of them is full. */
  static FileSystem unbuffered(FileSystem fileSystem) {
    return fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem;
  }

  /**
   * Opens a file anew, with some of what it has.
   *
   * @param before where the old records are while they are copied; those that are found there after
   *     a crash are taken for the file's
   * @param beginning which of the old records stay
   */
  static GrowingFile open(
      FileSystem files, Path path, Path before, Patience patience, Beginning beginning)
      throws IOException {
    GrowingFile file = new GrowingFile(files, path, before, patience);
    patience.insist("write", path, () -> file.rewrite(beginning));
    return file;
  }

  /**
   * Appends records. Where the file system can, they can be read at once.
   *
   * @param records whole ones
   */
  void append(byte[] records) throws IOException {
    if (flushes) {
      patience.insist("write", path, () -> appendOnce(records));
      return;
    }
    held.writeBytes(records);
    if (held.size() >= MOST_HELD) {
      persist();
    }
  }

  private Void appendOnce(byte[] records) throws IOException {
    try {
      if (out == null) {
        reopen();
      }
      out.write(records);
      out.hflush();
    } catch (IOException | FSError broken) {
      abandon();
      throw broken;
    }
    length += records.length;
    return null;
  }

  private void reopen() throws IOException {
    if (files instanceof DistributedFileSystem hdfs
        && hdfs.exists(path)
        && !hdfs.recoverLease(path)) {
      throw new IOException("HDFS has not yet closed it after the failure");
    }
    try {
      long found = files.getFileStatus(path).getLen();
      if (found > length && !files.truncate(path, length)) {
        throw new IOException("HDFS has not yet cut it back to its last whole record");
      }
      if (found >= length) {
        out = files.append(path);
        return;
      }
    } catch (UnsupportedOperationException | FileNotFoundException unable) {
      // Written anew below.
    }
    rewrite((old, anew) -> IOUtils.copyLarge(old, anew, 0, length));
  }

  private Void rewrite(Beginning beginning) throws IOException {
    // A crash between the renames leaves the old records under the other name.
    if (!files.exists(before) && files.exists(path) && !files.rename(path, before)) {
      throw new IOException("could not rename it to " + before);
    }
    try {
      out = files.create(path, true);
      flushes = out.hasCapability(StreamCapabilities.HSYNC);
      boolean had = files.exists(before);
      try (InputStream old = had ? files.open(before) : InputStream.nullInputStream()) {
        beginning.write(old, out);
      }
      long written = out.getPos();
      if (!flushes) {
        out.close();
        out = null;
      } else if (had || written > 0) {
        out.hflush();
      }
      if (had) {
        files.delete(before, false);
      }
      length = written;
    } catch (IOException | FSError broken) {
      abandon();
      throw broken;
    }
    return null;
  }

  /** Has all records outlive this process. */
  void persist() throws IOException {
    if (held.size() > 0) {
      patience.insist("write", path, this::rewriteWithHeld);
    }
  }

  private Void rewriteWithHeld() throws IOException {
    rewrite(
        (old, anew) -> {
          IOUtils.copyLarge(old, anew, 0, length);
          held.writeTo(anew);
        });
    held.reset();
    return null;
  }

  private void abandon() {
    if (out != null) {
      try {
        out.close();
      } catch (IOException | FSError broken) {
        // It is for this that the stream is given up.
      }
      out = null;
    }
  }

  /** Closes the file for good. */
  void finish() throws IOException {
    persist();
    if (!flushes) {
      return;
    }
    patience.insist(
        "close",
        path,
        () -> {
          if (out == null) {
            reopen();
          }
          try {
            out.close();
          } catch (IOException | FSError broken) {
            abandon();
            throw broken;
          }
          out = null;
          return null;
        });
  }

  /**
   * Closes the file after a failure, in whatever state it is; what is held is written if it can.
   */
  @Override
  public void close() {
    abandon();
    if (held.size() > 0) {
      try {
        rewriteWithHeld();
      } catch (IOException | FSError refused) {
        // What ended the run is told, and the records from before are whole.
        held.reset();
      }
    }
  }
}
