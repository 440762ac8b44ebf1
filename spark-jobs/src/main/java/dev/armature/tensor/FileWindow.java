package dev.armature.tensor;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.FSDataInputStream;

/** A file seen through a buffer that moves; numbers are little-endian. Not thread-safe. */
final class FileWindow implements Closeable {
  /** Bytes held at a time. */
  static final int CAPACITY = LittleEndian.PIECE * Float.BYTES;

  private final FSDataInputStream in;
  private final byte[] bytes = new byte[CAPACITY];
  private final ByteBuffer buffer = LittleEndian.wrap(bytes);
  private long begin;
  private int filled;
  private boolean closed;

  FileWindow(FSDataInputStream in) {
    this.in = in;
  }

  ByteBuffer buffer() {
    return buffer;
  }

  /**
   * Where in the buffer the byte at a position of the file is.
   *
   * @param width how many bytes must follow, at most {@link #CAPACITY}
   * @param end nothing from here on is read
   */
  int locate(long position, int width, long end) throws IOException {
    if (closed) {
      throw new IOException("it is closed");
    }
    if (position < begin || position + width > begin + filled) {
      fill(position, (int) Math.min(CAPACITY, end - position));
    }
    return (int) (position - begin);
  }

  private void fill(long position, int count) throws IOException {
    filled = 0;
    try {
      in.seek(position);
      in.readFully(bytes, 0, count);
    } catch (EOFException cut) {
      throw new TensorFileException(
          "the file ends before byte %d".formatted(position + count), cut);
    }
    begin = position;
    filled = count;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    in.close();
  }
}
