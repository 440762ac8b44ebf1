package dev.armature.dataset.numpy;

import dev.armature.dataset.DatasetException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Reads small {@code .npy} files of whole numbers: counts and labels. */
final class NumpyVector {
  /** More sequences than any data set has. */
  private static final int LONGEST = 1 << 26;

  private NumpyVector() {}

  /**
   * Reads a vector of whole numbers.
   *
   * @throws DatasetException if the file is not there, or holds something else
   * @throws IOException if the file system fails
   */
  static long[] read(Path path, Configuration hadoop) throws IOException {
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
      NumpyHeader header = NumpyHeader.read(in, path.toString());
      if (!header.type().whole() || header.shape().size() != 1 || header.shape().get(0) > LONGEST) {
        throw new DatasetException(
            "%s holds an array of type '%s' and shape %s, expected one whole number a sequence"
                .formatted(path, header.type(), header.shape()));
      }
      int count = Math.toIntExact(header.shape().get(0));
      byte[] bytes = in.readNBytes(count * header.type().bytes());
      if (bytes.length < count * header.type().bytes()) {
        throw new DatasetException(
            "%s is cut short: %d numbers are announced, %d are there"
                .formatted(path, count, bytes.length / header.type().bytes()));
      }
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      long[] numbers = new long[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = header.type().integer(buffer, i * header.type().bytes());
      }
      return numbers;
    } catch (FileNotFoundException e) {
      throw new DatasetException("%s is not there".formatted(path), e);
    }
  }
}
