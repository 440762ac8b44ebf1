package dev.armature.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes a pickle may take: those that are there, up to a limit. No length that a pickle
 * announces is allocated before it is checked against what is left.
 */
final class PickleInput extends InputStream {
  private final InputStream in;
  private final long length;
  private final boolean whole;
  private long position;

  /**
   * @param in where the bytes come from
   * @param available how many there are
   * @param limit how many may be read
   */
  PickleInput(InputStream in, long available, long limit) {
    this.in = in;
    this.length = Math.min(available, limit);
    this.whole = available <= limit;
  }

  /** Bytes read so far. */
  long position() {
    return position;
  }

  /**
   * @throws TensorFileException at the end: a pickle says itself where it ends
   */
  @Override
  public int read() throws IOException {
    if (position == length) {
      throw end(1);
    }
    int next = in.read();
    if (next < 0) {
      throw end(1);
    }
    position++;
    return next;
  }

  /**
   * @throws TensorFileException if fewer bytes are left than are asked for
   */
  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    if (count > length - position || in.readNBytes(bytes, offset, count) < count) {
      throw end(count);
    }
    position += count;
    return count;
  }

  /**
   * Takes a number of bytes.
   *
   * @param count as the pickle has it, perhaps negative
   * @throws TensorFileException if fewer are left
   */
  byte[] take(long count) throws IOException {
    if (count < 0 || count > length - position) {
      throw end(count);
    }
    byte[] bytes = new byte[(int) count];
    read(bytes, 0, bytes.length);
    return bytes;
  }

  /**
   * Passes over a number of bytes.
   *
   * @param count as the pickle has it, perhaps negative
   * @throws TensorFileException if fewer are left
   */
  void skipOver(long count) throws IOException {
    if (count < 0 || count > length - position) {
      throw end(count);
    }
    try {
      in.skipNBytes(count);
    } catch (EOFException cut) {
      throw new TensorFileException(end(count).getMessage(), cut);
    }
    position += count;
  }

  private TensorFileException end(long asked) {
    return new TensorFileException(
        whole
            ? "its pickle is cut short: at byte %d it asks for %s more bytes, %d are left"
                .formatted(position, Long.toUnsignedString(asked), length - position)
            : "its pickle has more than %d bytes, the most that is read".formatted(length));
  }
}
