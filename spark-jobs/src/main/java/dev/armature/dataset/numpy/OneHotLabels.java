package dev.armature.dataset.numpy;

import dev.armature.dataset.DatasetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * The labels of one split: sequences × classes, a row with one number above zero, as CTR-GCN's
 * scripts write them, or one whole number a sequence.
 *
 * @param classes how many; 0 where the array does not say
 * @param labels by sequence; {@value #NONE} where a row has none or several
 */
record OneHotLabels(int classes, int[] labels) {
  static final int NONE = -1;

  private static final int MOST_CLASSES = 10_000;
  private static final int MOST_SEQUENCES = 1 << 24;

  /**
   * Reads an array of labels.
   *
   * @throws DatasetException if it is of another shape
   * @throws IOException if the file system fails
   */
  static OneHotLabels read(NpzArchive.Member member, String name, Configuration hadoop)
      throws IOException {
    try (ArrayRows rows = ArrayRows.open(member, name, hadoop)) {
      NumpyHeader header = rows.header();
      List<Long> shape = header.shape();
      boolean whole = header.type().whole();
      boolean single = shape.size() == 1 && whole;
      boolean oneHot = shape.size() == 2 && shape.get(1) >= 1 && shape.get(1) <= MOST_CLASSES;
      if ((!single && !oneHot) || rows.rows() > MOST_SEQUENCES) {
        throw new DatasetException(
            "%s holds an array of type '%s' and shape %s, expected one-hot labels, sequences × classes"
                .formatted(name, header.type(), shape));
      }
      int[] labels = new int[(int) rows.rows()];
      for (int i = 0; i < labels.length; i++) {
        ByteBuffer row = rows.read(i);
        labels[i] = single ? label(header.type().integer(row, 0)) : hot(row, header);
      }
      return new OneHotLabels(oneHot ? shape.get(1).intValue() : 0, labels);
    }
  }

  private static int label(long value) {
    return value >= 0 && value < MOST_CLASSES ? (int) value : NONE;
  }

  private static int hot(ByteBuffer row, NumpyHeader header) {
    int hot = NONE;
    int count = 0;
    NumpyType type = header.type();
    for (int at = 0; at < row.capacity(); at += type.bytes()) {
      boolean positive = type.whole() ? type.integer(row, at) > 0 : type.real(row, at) > 0;
      if (positive) {
        hot = at / type.bytes();
        count++;
      }
    }
    return count == 1 ? hot : NONE;
  }
}
