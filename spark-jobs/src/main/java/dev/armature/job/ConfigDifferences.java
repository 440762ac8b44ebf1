package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** In which keys two configurations differ. */
final class ConfigDifferences {
  /** A run may be made longer or shorter when it is resumed. */
  private static final Set<String> LENGTH = Set.of("train.epochs", "train.max-steps");

  private ConfigDifferences() {}

  /**
   * A line a difference; empty without any.
   *
   * @param before the stored one, rendered
   * @param now the present one, rendered
   */
  static String between(String before, String now) {
    Config stored = ConfigFactory.parseString(before);
    Config present = ConfigFactory.parseString(now);
    TreeSet<String> keys = new TreeSet<>();
    stored.entrySet().forEach(entry -> keys.add(entry.getKey()));
    present.entrySet().forEach(entry -> keys.add(entry.getKey()));
    keys.removeAll(LENGTH);
    List<String> lines = new ArrayList<>();
    for (String key : keys) {
      String was = render(stored, key);
      String is = render(present, key);
      if (!was.equals(is)) {
        lines.add("  - %s: was %s, now %s".formatted(key, was, is));
      }
    }
    return String.join("\n", lines);
  }

  private static String render(Config config, String key) {
    return config.hasPathOrNull(key)
        ? config.getValue(key).render(ConfigRenderOptions.concise())
        : "not set";
  }
}
