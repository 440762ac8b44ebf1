package dev.armature.dataset;

import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads small files whole into one buffer that is used again and again. Not thread-safe. */
public final class FileBytes {
  private static final int FIRST_BUFFER = 1 << 20;

  private final Configuration hadoop;
  private byte[] buffer = new byte[FIRST_BUFFER];
  private int length;

  public FileBytes(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * Reads a file; what was read before is overwritten.
   *
   * @throws BadRecordingException if the file does not match its checksum
   * @throws IOException if the file system fails otherwise
   */
  public void read(String location) throws IOException, BadRecordingException {
    Path path = new Path(location);
    FileSystem files = path.getFileSystem(hadoop);
    length = 0;
    try (FSDataInputStream in = files.open(path)) {
      while (true) {
        int read = in.read(buffer, length, buffer.length - length);
        if (read < 0) {
          return;
        }
        length += read;
        if (length == buffer.length) {
          buffer = Arrays.copyOf(buffer, Math.multiplyExact(length, 2));
        }
      }
    } catch (ChecksumException e) {
      throw new BadRecordingException(
          Fault.UNREADABLE, "it does not match the checksum that was stored beside it");
    }
  }

  /** The buffer; valid up to {@link #length} and until the next read. */
  public byte[] buffer() {
    return buffer;
  }

  /** Number of bytes of the file. */
  public int length() {
    return length;
  }
}
