package dev.armature.tensor;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file that PyTorch's {@code torch.save} wrote, in either of its containers (the zip archive of
 * PyTorch 1.6 and later, the row of pickles before it), read without running anything: the pickle
 * may build dictionaries, lists, tuples, strings, numbers and tensors, and name {@code
 * collections.OrderedDict}, {@code torch._utils._rebuild_tensor_v2}, {@code
 * torch._utils._rebuild_parameter} and the storage classes of the module {@code torch}. Whatever
 * else it names is refused.
 *
 * <p>A damaged or hostile file costs no more than its own size in memory, and a fixed multiple of
 * its pickle's: pickles have at most 64 MiB and 2^21 steps, contents are at most 32 deep and have
 * at most 2^20 objects. Checksums of the archive are not compared: PyTorch may be told not to write
 * them.
 *
 * <p>Tensors are read when they are asked for. Not thread-safe.
 */
public final class TorchFile implements Closeable {
  private static final long OBJECTS = 1L << 20;
  private static final byte[] ZIP = {'P', 'K', 3, 4};

  /** The first byte of every pickle of protocol 2 and later. */
  private static final byte PICKLE = (byte) 0x80;

  private static final byte[] TAR = "ustar".getBytes(StandardCharsets.US_ASCII);
  private static final int TAR_OFFSET = 257;

  private final FileWindow window;
  private final Object content;

  private TorchFile(FileWindow window, Object content) {
    this.window = window;
    this.content = content;
  }

  /**
   * Opens a file and reads its structure; no tensor's numbers.
   *
   * @throws TensorFileException if it is no such file, names what it must not, is damaged, or
   *     exceeds a limit
   * @throws java.io.FileNotFoundException if it is absent
   * @throws IOException if the file system fails
   */
  public static TorchFile open(FileSystem fileSystem, Path path) throws IOException {
    long length = fileSystem.getFileStatus(path).getLen();
    return open(fileSystem.open(path), length, path);
  }

  /** Takes the stream: it is closed with the file, or at once if it cannot be opened. */
  static TorchFile open(FSDataInputStream in, long length, Path path) throws IOException {
    try {
      TorchContainer container = container(in, length);
      FileWindow window = new FileWindow(in);
      return new TorchFile(window, content(container, path, window));
    } catch (TensorFileException wrong) {
      in.close();
      throw new TensorFileException(
          "%s cannot be read: %s".formatted(path, wrong.getMessage()), wrong);
    } catch (IOException | RuntimeException failed) {
      in.close();
      throw failed;
    }
  }

  private static Object content(TorchContainer container, Path path, FileWindow window)
      throws TensorFileException {
    return PickleContent.of(
        container.content(),
        (place, reference) ->
            StoredTensor.of(
                path,
                place,
                reference,
                container.storages().get(reference.storage().key()),
                window),
        OBJECTS);
  }

  private static TorchContainer container(FSDataInputStream in, long length) throws IOException {
    byte[] start = new byte[(int) Math.min(length, TAR_OFFSET + TAR.length)];
    in.readFully(start);
    if (start.length >= ZIP.length && Arrays.equals(start, 0, ZIP.length, ZIP, 0, ZIP.length)) {
      return ZipContainer.read(in, length);
    }
    if (start.length == TAR_OFFSET + TAR.length
        && Arrays.equals(start, TAR_OFFSET, start.length, TAR, 0, TAR.length)) {
      throw new TensorFileException(
          "it is a tar archive, as PyTorch before 0.1.10 wrote them; load it with PyTorch and save it again");
    }
    if (start.length > 0 && start[0] == PICKLE) {
      return LegacyContainer.read(in, length);
    }
    throw new TensorFileException(
        "it is no file of torch.save: it begins neither as a zip archive nor as a pickle");
  }

  /**
   * What was saved: unmodifiable {@link java.util.Map}s in the file's order with {@link String} and
   * {@link Long} keys, {@link java.util.List}s for lists and tuples, {@link String}, {@link Long},
   * {@link Double}, {@link Boolean}, {@link StoredTensor}, or null.
   */
  public Object content() {
    return content;
  }

  /** Closes the file; its tensors can be read no more. */
  @Override
  public void close() throws IOException {
    window.close();
  }
}
