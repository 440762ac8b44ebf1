package dev.armature.dataset.pku;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Split;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An official list of recordings: a line {@code Training videos:}, names with commas between, a
 * line {@code Validataion videos:} (spelt so in the published files), names again. What is for
 * validation there is what the literature tests on: the labels of the challenge's test set were
 * never published.
 */
final class SplitList {
  private final String file;
  private final Map<String, Split> splits;

  private SplitList(String file, Map<String, Split> splits) {
    this.file = file;
    this.splits = splits;
  }

  /**
   * Reads a list.
   *
   * @param file for messages
   * @throws DatasetException if a part is missing or empty, or a recording is in both
   */
  static SplitList parse(String text, String file) {
    Map<String, Split> splits = new HashMap<>();
    Split current = null;
    for (String line : text.lines().toList()) {
      String lower = line.strip().toLowerCase(Locale.ROOT);
      if (lower.startsWith("training")) {
        current = Split.TRAIN;
      } else if (lower.startsWith("valid") || lower.startsWith("test")) {
        current = Split.TEST;
      } else if (!lower.isEmpty() && current == null) {
        throw new DatasetException(
            "%s begins with '%s', expected a line 'Training videos:'; give the data set's own list"
                .formatted(file, excerpt(line)));
      } else {
        add(line, current, splits, file);
      }
    }
    for (Split split : Split.values()) {
      if (!splits.containsValue(split)) {
        throw new DatasetException(
            "%s names no recording for %s; expected 'Training videos:' and 'Validation videos:', each with names such as %s"
                .formatted(file, split == Split.TRAIN ? "training" : "validation", "0002-L"));
      }
    }
    return new SplitList(file, splits);
  }

  private static void add(String line, Split split, Map<String, Split> splits, String file) {
    for (String word : line.split("[,\\s]+", -1)) {
      String name = word.endsWith(".txt") ? word.substring(0, word.length() - 4) : word;
      if (name.isEmpty()) {
        continue;
      }
      Split before = splits.put(name, split);
      if (before != null && before != split) {
        throw new DatasetException(
            "%s names recording %s both for training and for validation"
                .formatted(file, excerpt(name)));
      }
    }
  }

  private static String excerpt(String text) {
    String printable = text.replaceAll("[^ -~]", "?");
    return printable.length() > 40 ? printable.substring(0, 40) + "…" : printable;
  }

  /** The part of a recording, if the list names it. */
  Optional<Split> split(String recording) {
    return Optional.ofNullable(splits.get(recording));
  }

  @Override
  public String toString() {
    return file;
  }
}
