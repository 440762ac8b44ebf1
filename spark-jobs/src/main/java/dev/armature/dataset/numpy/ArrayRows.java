package dev.armature.dataset.numpy;

import dev.armature.dataset.DatasetException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The rows of an array, by its first dimension, one at a time. A stored array is read at the row's
 * place; a deflated one has to be read from its start, so that rows should be asked for in
 * ascending order. Not thread-safe.
 */
final class ArrayRows implements Closeable {
  /** Sixteen million floats: 37 minutes of two Kinect bodies. */
  private static final long MOST_BYTES = 1L << 26;

  private static final int PIECE = 1 << 16;

  private final NpzArchive.Member member;
  private final String name;
  private final FSDataInputStream in;
  private final NumpyHeader header;
  private final ByteBuffer row;
  private InputStream inflated;
  private Inflater inflater;
  private long next;

  private ArrayRows(
      NpzArchive.Member member, String name, FSDataInputStream in, NumpyHeader header) {
    this.member = member;
    this.name = name;
    this.in = in;
    this.header = header;
    this.row =
        ByteBuffer.allocate(Math.toIntExact(rowBytes(header))).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Opens an array.
   *
   * @param name for messages
   * @throws DatasetException if it is no array in row order, or has another size than it says
   * @throws IOException if the file system fails
   */
  static ArrayRows open(NpzArchive.Member member, String name, Configuration hadoop)
      throws IOException {
    Path path = new Path(member.file());
    FSDataInputStream in = path.getFileSystem(hadoop).open(path);
    try {
      NumpyHeader header = header(member, name, in);
      if (header.fileLength() != member.length()) {
        throw new DatasetException(
            "%s has %d bytes, its header announces %d; it is damaged"
                .formatted(name, member.length(), header.fileLength()));
      }
      if (header.shape().isEmpty() || rowBytes(header) > MOST_BYTES) {
        throw new DatasetException(
            "%s has the shape %s, expected sequences of at most %d bytes each"
                .formatted(name, header.shape(), MOST_BYTES));
      }
      return new ArrayRows(member, name, in, header);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static NumpyHeader header(NpzArchive.Member member, String name, FSDataInputStream in)
      throws IOException {
    in.seek(member.begin());
    if (!member.deflated()) {
      return NumpyHeader.read(in, name);
    }
    Inflater inflater = new Inflater(true);
    try {
      return NumpyHeader.read(new InflaterInputStream(in, inflater, 512), name);
    } catch (ZipException damaged) {
      throw new DatasetException(
          "%s is damaged (%s)".formatted(name, damaged.getMessage()), damaged);
    } finally {
      inflater.end();
    }
  }

  private static long rowBytes(NumpyHeader header) {
    try {
      long numbers = header.shape().stream().skip(1).reduce(1L, Math::multiplyExact);
      return Math.multiplyExact(numbers, (long) header.type().bytes());
    } catch (ArithmeticException overflow) {
      return Long.MAX_VALUE;
    }
  }

  NumpyHeader header() {
    return header;
  }

  long rows() {
    return header.shape().get(0);
  }

  /** Bytes of a row. */
  int rowBytes() {
    return row.capacity();
  }

  /**
   * Reads a row.
   *
   * @return its numbers, little-endian; overwritten by the next call
   * @throws IOException if the file system fails or the array is damaged there
   */
  ByteBuffer read(long index) throws IOException {
    try {
      if (member.deflated()) {
        inflate(index);
      } else {
        in.seek(member.begin() + header.start() + index * row.capacity());
        in.readFully(row.array());
      }
      return row;
    } catch (EOFException | ZipException damaged) {
      throw new IOException(
          "%s is damaged at row %d (%s); 'unzip -t' tells"
              .formatted(name, index, damaged.getMessage()),
          damaged);
    }
  }

  private void inflate(long index) throws IOException {
    if (inflated == null || index < next) {
      if (inflater != null) {
        inflater.end();
      }
      inflater = new Inflater(true);
      in.seek(member.begin());
      inflated = new BufferedInputStream(new InflaterInputStream(in, inflater, PIECE), PIECE);
      inflated.skipNBytes(header.start());
      next = 0;
    }
    inflated.skipNBytes((index - next) * row.capacity());
    if (inflated.readNBytes(row.array(), 0, row.capacity()) < row.capacity()) {
      throw new EOFException("it ends there");
    }
    next = index + 1;
  }

  @Override
  public void close() throws IOException {
    if (inflater != null) {
      inflater.end();
    }
    in.close();
  }
}
