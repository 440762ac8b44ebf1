package dev.armature.evaluate.embedding;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What happens to rows that hold no sequence, as in Spark ML's own transformers. */
enum InvalidRows {
  /** The job fails, naming the row. */
  ERROR,
  /** They are left out. */
  SKIP,
  /** They stay, with a vector of NaN. */
  KEEP;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(InvalidRows::label).toList();
  }

  static InvalidRows of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
