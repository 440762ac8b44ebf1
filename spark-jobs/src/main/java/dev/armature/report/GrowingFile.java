package dev.armature.report;

import dev.armature.round.Patience;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * A text file that grows by whole lines, and outlives the stream that it is written by. Where a
 * stream breaks (HDFS has lost the datanodes of its last block, a disk is full), the file is cut
 * back to the last line that is known to have arrived and opened again to append; a file system
 * that can do neither gets a new file with the old one's lines. Not thread-safe.
 */
final class GrowingFile implements Closeable {
  private final FileSystem files;
  private final Path path;
  private final Path before;
  private final Patience patience;

  /** Null while there is none that works. */
  private FSDataOutputStream out;

  /** Bytes that have arrived. */
  private long length;

  private GrowingFile(FileSystem files, Path path, Path before, Patience patience) {
    this.files = files;
    this.path = path;
    this.before = before;
    this.patience = patience;
  }

  /**
   * Opens a file anew, with some of the lines it has.
   *
   * @param before where the old lines are while they are copied; those that are found there after a
   *     crash are taken for the file's
   * @param kept which of the lines stay; a last one without its end may be among those asked for
   */
  static GrowingFile open(
      FileSystem files, Path path, Path before, Patience patience, Predicate<String> kept)
      throws IOException {
    GrowingFile file = new GrowingFile(files, path, before, patience);
    patience.insist("write", path, () -> file.rewrite(kept, Long.MAX_VALUE));
    return file;
  }

  /**
   * Appends lines and flushes them, so that they can be read.
   *
   * @param lines in UTF-8, with the last one's end
   */
  void append(byte[] lines) throws IOException {
    patience.insist("write", path, () -> appendOnce(lines));
  }

  private Void appendOnce(byte[] lines) throws IOException {
    try {
      if (out == null) {
        reopen();
      }
      out.write(lines);
      out.hflush();
    } catch (IOException | FSError broken) {
      abandon();
      throw broken;
    }
    length += lines.length;
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
        throw new IOException("HDFS has not yet cut it back to its last whole line");
      }
      if (found >= length) {
        out = files.append(path);
        return;
      }
    } catch (UnsupportedOperationException | FileNotFoundException unable) {
      // Written anew below.
    }
    rewrite(line -> true, length);
  }

  /** Starts the file anew with its lines, of which those are kept that end within some bytes. */
  private Void rewrite(Predicate<String> kept, long bytes) throws IOException {
    // A crash between the renames leaves the old lines under the other name.
    if (!files.exists(before) && files.exists(path) && !files.rename(path, before)) {
      throw new IOException("could not rename it to " + before);
    }
    try {
      out = files.create(path, true);
      if (files.exists(before)) {
        long copied = copy(kept, bytes);
        out.hflush();
        files.delete(before, false);
        length = copied;
      }
    } catch (IOException | FSError broken) {
      abandon();
      throw broken;
    }
    return null;
  }

  private long copy(Predicate<String> kept, long bytes) throws IOException {
    long written = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(files.open(before), StandardCharsets.UTF_8))) {
      long read = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        byte[] copied = (line + "\n").getBytes(StandardCharsets.UTF_8);
        read += copied.length;
        if (read <= bytes && kept.test(line)) {
          out.write(copied);
          written += copied.length;
        }
      }
    }
    return written;
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

  /** Closes the file for good; it may be the moment at which a file system writes it. */
  void finish() throws IOException {
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

  /** Closes the file after a failure, in whatever state it is. */
  @Override
  public void close() {
    abandon();
  }
}
