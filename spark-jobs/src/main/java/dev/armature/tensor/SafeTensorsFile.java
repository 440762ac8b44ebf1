package dev.armature.tensor;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A safetensors file ({@link SafeTensors}) whose tensors are read when they are asked for, in any
 * order. Not thread-safe.
 */
public final class SafeTensorsFile implements Closeable {
  /** Behind the eight bytes of its length, a header begins with a brace. */
  private static final int BRACE_AT = 8;

  private final FileWindow window;
  private final Map<String, String> metadata;
  private final Map<String, StoredTensor> tensors;

  private SafeTensorsFile(
      FileWindow window, Map<String, String> metadata, Map<String, StoredTensor> tensors) {
    this.window = window;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  /**
   * Whether a file begins as one of this format does.
   *
   * @throws java.io.FileNotFoundException if it is absent
   */
  public static boolean recognises(FileSystem fileSystem, Path path) throws IOException {
    try (FSDataInputStream in = fileSystem.open(path)) {
      byte[] start = in.readNBytes(BRACE_AT + 1);
      return start.length > BRACE_AT && start[BRACE_AT] == '{';
    }
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws TensorFileException if it is no such file, is cut short, or longer than its header says
   * @throws java.io.FileNotFoundException if it is absent
   * @throws IOException if the file system fails
   */
  public static SafeTensorsFile open(FileSystem fileSystem, Path path) throws IOException {
    long length = fileSystem.getFileStatus(path).getLen();
    FSDataInputStream in = fileSystem.open(path);
    try {
      SafeTensors.Header header = SafeTensors.readHeader(new BufferedInputStream(in));
      long expected = header.end();
      FileWindow window = new FileWindow(in);
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (SafeTensors.Entry entry : header.entries()) {
        tensors.put(entry.name(), tensor(path, header, entry, window));
        expected = header.end() + entry.end();
      }
      if (length != expected) {
        throw new TensorFileException(
            "it has %d bytes, its header announces %d; is it whole?".formatted(length, expected));
      }
      return new SafeTensorsFile(
          window,
          Collections.unmodifiableMap(header.metadata()),
          Collections.unmodifiableMap(tensors));
    } catch (TensorFileException wrong) {
      in.close();
      throw new TensorFileException(
          "%s cannot be read: %s".formatted(path, wrong.getMessage()), wrong);
    } catch (IOException | RuntimeException failed) {
      in.close();
      throw failed;
    }
  }

  private static StoredTensor tensor(
      Path path, SafeTensors.Header header, SafeTensors.Entry entry, FileWindow window)
      throws TensorFileException {
    int length = entry.length();
    NumberType type = NumberType.ofLabel(entry.type());
    return StoredTensor.of(
        path,
        ContentPath.WHOLE.item(entry.name()),
        new TensorReference(
            new StorageReference(type, entry.name(), length, 0, length),
            0,
            entry.shape().stream().mapToLong(Integer::longValue).toArray(),
            Shapes.strides(entry.shape())),
        new Region(header.end() + entry.begin(), entry.end() - entry.begin()),
        window);
  }

  /** Texts about the file. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Its tensors by name, in the order in which they lie in the file. */
  public Map<String, StoredTensor> tensors() {
    return tensors;
  }

  /** Closes the file; its tensors can be read no more. */
  @Override
  public void close() throws IOException {
    window.close();
  }
}
