package dev.armature.dataset.numpy;

import dev.armature.dataset.DatasetException;
import dev.armature.tensor.PlainPickle;
import dev.armature.tensor.TensorFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
      content = PlainPickle.read(in, files.getFileStatus(path).getLen());
    } catch (TensorFileException e) {
      throw new DatasetException(
          "%s cannot be read: %s; pickle a pair of plain lists, (names, labels)"
              .formatted(path, e.getMessage()),
          e);
    }
    if (content instanceof List<?> pair
        && pair.size() == 2
        && pair.get(0) instanceof List<?> names
        && pair.get(1) instanceof List<?> labels
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
      if (!(values.get(i) instanceof Long label)) {
        throw new DatasetException(
            "%s: label %d is %s, expected a whole number".formatted(path, i + 1, values.get(i)));
      }
      integers[i] = label;
    }
    return integers;
  }
}
