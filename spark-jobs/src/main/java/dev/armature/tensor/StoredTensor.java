package dev.armature.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.fs.Path;

/**
 * A tensor of a {@link TorchFile} or a {@link SafeTensorsFile}: its numbers are read when asked
 * for, as long as the file is open. Not thread-safe, like the file.
 */
public final class StoredTensor {
  /** The most whole numbers that are read: counters, pointers and indices have fewer. */
  private static final int MOST_INTEGERS = 1 << 24;

  private final Path file;
  private final ContentPath path;
  private final NumberType type;
  private final TensorLayout layout;
  private final Region storage;
  private final FileWindow window;

  private StoredTensor(
      Path file,
      ContentPath path,
      NumberType type,
      TensorLayout layout,
      Region storage,
      FileWindow window) {
    this.file = file;
    this.path = path;
    this.type = type;
    this.layout = layout;
    this.storage = storage;
    this.window = window;
  }

  /**
   * @param storage where in the file the storage's numbers are
   * @throws TensorFileException if the tensor does not fit into its storage
   */
  static StoredTensor of(
      Path file, ContentPath path, TensorReference reference, Region storage, FileWindow window)
      throws TensorFileException {
    try {
      return new StoredTensor(
          file, path, reference.storage().type(), TensorLayout.of(reference), storage, window);
    } catch (TensorFileException wrong) {
      throw new TensorFileException("tensor %s: %s".formatted(path, wrong.getMessage()), wrong);
    }
  }

  /** Its dimensions; none for a scalar. */
  public List<Integer> shape() {
    return layout.shape();
  }

  /** PyTorch's name of its numbers' type: {@code float32}, {@code int64}, …. */
  public String type() {
    return type.label();
  }

  /** How many numbers it has. */
  public int length() {
    return layout.length();
  }

  /**
   * Reads a float32 tensor.
   *
   * @param destination takes {@link #length} numbers, row-major
   * @param offset where the first one goes
   * @throws TensorFileException if it is of another type, or the file was cut short
   * @throws IOException if the file is closed or the file system fails
   * @throws IndexOutOfBoundsException if the destination is too short
   */
  public void read(float[] destination, int offset) throws IOException {
    Objects.checkFromIndexSize(offset, length(), destination.length);
    if (type != NumberType.FLOAT32) {
      throw unlike("float32; convert it before it is saved, with tensor.float()");
    }
    try {
      if (layout.contiguous()) {
        readRow(destination, offset);
      } else {
        layout.visit(
            (source, element) ->
                destination[offset + element] = window.buffer().getFloat(locate(source)));
      }
    } catch (IOException wrong) {
      throw located(wrong);
    }
  }

  private void readRow(float[] destination, int offset) throws IOException {
    int length = length();
    for (int done = 0; done < length; done += LittleEndian.PIECE) {
      int count = Math.min(LittleEndian.PIECE, length - done);
      int at = window.locate(position(layout.offset() + done), count * Float.BYTES, end());
      ByteBuffer bytes = window.buffer().duplicate().order(window.buffer().order()).position(at);
      bytes.asFloatBuffer().get(destination, offset + done, count);
    }
  }

  /**
   * Reads a tensor of whole numbers or truth values (1 and 0).
   *
   * @return {@link #length} numbers, row-major
   * @throws TensorFileException if it is of another type, has more than 2^24 numbers, or the file
   *     was cut short
   * @throws IOException if the file is closed or the file system fails
   */
  public long[] integers() throws IOException {
    if (!type.whole()) {
      throw unlike("whole numbers");
    }
    if (length() > MOST_INTEGERS) {
      throw new TensorFileException(
          "%s: tensor %s has %d whole numbers, the most that are read are %d"
              .formatted(file, path, length(), MOST_INTEGERS));
    }
    long[] integers = new long[length()];
    try {
      layout.visit((source, element) -> integers[element] = integer(locate(source)));
    } catch (IOException wrong) {
      throw located(wrong);
    }
    return integers;
  }

  private long integer(int at) {
    ByteBuffer bytes = window.buffer();
    return switch (type.bytes()) {
      case Long.BYTES -> bytes.getLong(at);
      case Integer.BYTES -> bytes.getInt(at);
      case Short.BYTES -> bytes.getShort(at);
      default -> type == NumberType.UINT8 ? bytes.get(at) & 0xff : bytes.get(at);
    };
  }

  private int locate(long number) throws IOException {
    return window.locate(position(number), type.bytes(), end());
  }

  private long position(long number) {
    return storage.begin() + number * type.bytes();
  }

  private long end() {
    return position(layout.offset() + layout.extent());
  }

  private TensorFileException unlike(String expected) {
    return new TensorFileException(
        "%s: tensor %s has numbers of type %s, expected %s"
            .formatted(file, path, type.label(), expected));
  }

  private IOException located(IOException wrong) {
    String message = "%s: tensor %s cannot be read: %s".formatted(file, path, wrong.getMessage());
    return wrong instanceof TensorFileException
        ? new TensorFileException(message, wrong)
        : new IOException(message, wrong);
  }

  /** Where it stands in the file, its type and shape. */
  @Override
  public String toString() {
    return "%s, %s %s".formatted(path, type.label(), layout.shape());
  }
}
