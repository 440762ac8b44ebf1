package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** In which keys two configurations differ. */
final class ConfigDifferences {
  /**
   * A run may get more or fewer epochs when it is resumed. Not so steps: they may have ended a
   * round in the middle, and the next would begin where no uninterrupted run has a round.
   */
  private static final Set<String> LENGTH = Set.of("train.epochs");

  private ConfigDifferences() {}

  /**
   * A line a difference; empty without any. A key that the stored one does not have, because there
   * was no such key yet, counts as its default; one that there is no more, as what is done now.
   *
   * @param before the stored one, rendered
   * @param now the present one, rendered
   */
  static String between(String before, String now) {
    Config stored = ConfigFactory.parseString(before);
    Config present = ConfigFactory.parseString(now).withFallback(SettingsFile.RETIRED);
    Config reference = SettingsFile.reference().withFallback(SettingsFile.RETIRED);
    TreeSet<String> keys = new TreeSet<>();
    stored.entrySet().forEach(entry -> keys.add(entry.getKey()));
    present.entrySet().forEach(entry -> keys.add(entry.getKey()));
    keys.removeAll(LENGTH);
    List<String> lines = new ArrayList<>();
    for (String key : keys) {
      Object was = value(stored.hasPath(key) ? stored : reference, key);
      Object is = value(present, key);
      if (!was.equals(is)) {
        lines.add("  - %s: was %s, now %s".formatted(key, was, is));
      }
    }
    return String.join("\n", lines);
  }

  private static Object value(Config config, String key) {
    return config.hasPath(key) ? config.getValue(key).unwrapped() : "not set";
  }
}
