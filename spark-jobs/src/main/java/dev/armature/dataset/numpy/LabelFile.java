package dev.armature.dataset.numpy;

import dev.armature.dataset.DatasetException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.razorvine.pickle.PickleException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The labels of one split, and the sequences' names where the file has them.
 *
 * @param path the file they come from
 * @param names one a sequence, or empty
 * @param labels one a sequence
 */
record LabelFile(Path path, List<String> names, long[] labels) {

  /**
   * Reads {@code PREFIX_label.pkl}, a pickled pair (names, labels), or {@code PREFIX_label.npy},
   * labels alone.
   *
   * @throws DatasetException if neither is there, or it holds something else
   * @throws IOException if the file system fails
   */
  static LabelFile read(Path folder, String prefix, Configuration hadoop) throws IOException {
    Path pickle = new Path(folder, prefix + "_label.pkl");
    Path vector = new Path(folder, prefix + "_label.npy");
    FileSystem files = folder.getFileSystem(hadoop);
    if (files.exists(pickle)) {
      return unpickle(pickle, files);
    }
    if (files.exists(vector)) {
      return new LabelFile(vector, List.of(), NumpyVector.read(vector, hadoop));
    }
    throw new DatasetException("neither %s nor %s is there".formatted(pickle, vector));
  }

  private static LabelFile unpickle(Path path, FileSystem files) throws IOException {
    Object content;
    try (FSDataInputStream in = files.open(path)) {
      byte[] bytes = in.readAllBytes();
      content = new PlainUnpickler().loads(bytes);
    } catch (PickleException e) {
      throw new DatasetException(
          "%s cannot be read: %s; pickle a pair of plain lists, (names, labels)"
              .formatted(path, e.getMessage()),
          e);
    } catch (RuntimeException e) {
      // Garbled bytes make the library's stack machine fail in many ways.
      throw new DatasetException(
          "%s is garbled (%s); pickle a pair of plain lists, (names, labels)".formatted(path, e),
          e);
    }
    if (content instanceof Object[] pair
        && pair.length == 2
        && pair[0] instanceof List<?> names
        && pair[1] instanceof List<?> labels
        && names.size() == labels.size()) {
      return new LabelFile(path, strings(names, path), integers(labels, path));
    }
    throw new DatasetException(
        "%s holds no pair of lists of equal length, (names, labels)".formatted(path));
  }

  private static List<String> strings(List<?> values, Path path) {
    List<String> strings = new ArrayList<>(values.size());
    for (Object value : values) {
      if (!(value instanceof String string)) {
        throw new DatasetException(
            "%s: name %d is %s, expected a string".formatted(path, strings.size() + 1, value));
      }
      strings.add(string);
    }
    return strings;
  }

  private static long[] integers(List<?> values, Path path) {
    long[] integers = new long[values.size()];
    for (int i = 0; i < integers.length; i++) {
      if (!(values.get(i) instanceof Integer || values.get(i) instanceof Long)) {
        throw new DatasetException(
            "%s: label %d is %s, expected a whole number".formatted(path, i + 1, values.get(i)));
      }
      integers[i] = ((Number) values.get(i)).longValue();
    }
    return integers;
  }
}
