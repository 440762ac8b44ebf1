package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import dev.armature.round.FactorChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads settings from a configuration and gathers every problem on the way, so that a user sees all
 * of them at once. A value that cannot be read is replaced by a harmless one; {@link #finish} then
 * refuses the whole. Not thread-safe.
 */
final class ConfigReader {
  private final Config config;
  private final List<String> problems = new ArrayList<>();

  /**
   * @param config what to read, defaults included
   * @param reference every key that may be set
   */
  ConfigReader(Config config, Config reference) {
    this.config = config;
    Set<String> known = new TreeSet<>();
    reference.entrySet().forEach(entry -> known.add(entry.getKey()));
    config.entrySet().stream()
        .filter(entry -> !known.contains(entry.getKey()))
        .forEach(
            entry ->
                problem(
                    entry.getKey(),
                    "unknown key (%s)%s"
                        .formatted(
                            entry.getValue().origin().description(),
                            nearest(entry.getKey(), known))));
  }

  /** A key of one word is often the last word of the one that was meant. */
  private static String nearest(String key, Set<String> known) {
    return known.stream()
        .filter(candidate -> candidate.endsWith("." + key))
        .findFirst()
        .or(
            () ->
                known.stream()
                    .filter(candidate -> distance(candidate, key) <= 3)
                    .min(Comparator.comparingInt(candidate -> distance(candidate, key))))
        .map(candidate -> "; did you mean %s?".formatted(candidate))
        .orElse("; reference.conf lists the keys there are");
  }

  private static int distance(String a, String b) {
    return org.apache.commons.text.similarity.LevenshteinDistance.getDefaultInstance().apply(a, b);
  }

  /** Notes a problem of a key. */
  void problem(String key, String problem) {
    problems.add("%s: %s".formatted(key, problem));
  }

  /** Notes a problem unless a condition holds. */
  void require(boolean holds, String key, String problem) {
    if (!holds) {
      problem(key, problem);
    }
  }

  /** Whether a problem of a key was noted, so that what was read in its place says nothing. */
  boolean wrong(String key) {
    return problems.stream().anyMatch(problem -> problem.startsWith(key + ": "));
  }

  /** Notes a problem if a list that could be read has nothing in it. */
  void requireSome(List<?> values, String key) {
    require(!values.isEmpty() || wrong(key), key, "is empty, expected at least one");
  }

  int integer(String key, int least) {
    return (int) Math.min(Integer.MAX_VALUE, whole(key, least, Integer.MAX_VALUE));
  }

  long whole(String key, long least, long greatest) {
    long value = read(key, "a whole number", config -> wholeNumber(config, key), least);
    if (value < least || value > greatest) {
      problem(
          key,
          greatest >= Integer.MAX_VALUE
              ? "found %d, expected a whole number from %d on".formatted(value, least)
              : "found %d, expected a whole number from %d to %d"
                  .formatted(value, least, greatest));
      return least;
    }
    return value;
  }

  static long wholeNumber(Config config, String key) {
    double value = config.getDouble(key);
    if (value != Math.rint(value)) {
      throw new ConfigException.BadValue(key, "not whole");
    }
    return config.getLong(key);
  }

  /** A number in [least, greatest]. */
  double number(String key, double least, double greatest) {
    double value = read(key, "a number", config -> config.getDouble(key), least);
    if (!(value >= least && value <= greatest)) {
      problem(
          key,
          greatest == Double.MAX_VALUE
              ? "found %s, expected a number from %s on".formatted(value, least)
              : "found %s, expected a number from %s to %s".formatted(value, least, greatest));
      return least;
    }
    return value;
  }

  /** A number above 0. */
  double positive(String key) {
    double value = read(key, "a number", config -> config.getDouble(key), 1.0);
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      problem(key, "found %s, expected a number above 0".formatted(value));
      return 1;
    }
    return value;
  }

  /** A list of whole numbers. */
  List<Long> wholes(String key) {
    return read(
        key,
        "a list of whole numbers",
        config -> {
          if (config.getDoubleList(key).stream().anyMatch(value -> value != Math.rint(value))) {
            throw new ConfigException.BadValue(key, "not whole");
          }
          return config.getLongList(key);
        },
        List.of());
  }

  /** A list of numbers above 0, up to 1; empty if it cannot be read. */
  List<Double> fractions(String key) {
    String expected = "a list of numbers above 0, up to 1";
    List<Double> fractions =
        read(key, expected, config -> config.getDoubleList(key), List.<Double>of());
    if (fractions.stream().allMatch(value -> value > 0 && value <= 1)) {
      return fractions;
    }
    problem(key, "found %s, expected %s".formatted(fractions, expected));
    return List.of();
  }

  /** Changes of a number by epochs. */
  List<FactorChange> changes(String key) {
    String expected = "a list of { epoch = whole number from 1, factor = number above 0 }";
    List<FactorChange> changes =
        objects(
            key,
            expected,
            change ->
                new FactorChange(
                    (int) Math.min(Integer.MAX_VALUE, wholeNumber(change, "epoch")),
                    change.getDouble("factor")));
    require(
        changes.stream().allMatch(change -> change.epoch() >= 1 && change.factor() > 0),
        key,
        "found %s, expected %s"
            .formatted(
                changes.stream()
                    .map(
                        change ->
                            "{ epoch = %d, factor = %s }"
                                .formatted(change.epoch(), change.factor()))
                    .toList(),
                expected));
    return changes;
  }

  boolean flag(String key) {
    return read(key, "true or false", config -> config.getBoolean(key), false);
  }

  String text(String key) {
    return read(key, "a text", config -> config.getString(key), "");
  }

  <E extends Enum<E>> E choice(String key, Class<E> type) {
    return parse(key, text(key), type);
  }

  <E extends Enum<E>> List<E> choices(String key, Class<E> type) {
    List<String> names = read(key, "a list", config -> config.getStringList(key), List.of());
    return names.stream().map(name -> parse(key, name, type)).toList();
  }

  private <E extends Enum<E>> E parse(String key, String name, Class<E> type) {
    E[] all = type.getEnumConstants();
    for (E each : all) {
      if (label(each).equals(name)) {
        return each;
      }
    }
    List<String> allowed = Arrays.stream(all).map(ConfigReader::label).toList();
    problem(key, "found '%s', expected one of %s".formatted(name, String.join(", ", allowed)));
    return all[0];
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A list of objects, read one by one; problems inside are noted under the key. */
  <T> List<T> objects(String key, String expected, Function<Config, T> reading) {
    return read(
        key,
        expected,
        config -> config.getConfigList(key).stream().<T>map(reading).toList(),
        List.of());
  }

  private <T> T read(String key, String expected, Function<Config, T> reading, T fallback) {
    try {
      return reading.apply(config);
    } catch (ConfigException wrong) {
      ConfigValue found = config.hasPath(key) ? config.getValue(key) : null;
      problem(
          key,
          found == null
              ? "not set, expected " + expected
              : "found %s (%s), expected %s"
                  .formatted(
                      found.render(com.typesafe.config.ConfigRenderOptions.concise()),
                      found.origin().description(),
                      expected));
      return fallback;
    }
  }

  /** What is wrong so far, in the order in which it was found. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /**
   * @throws UserMistakeException if there was any problem, naming all of them
   */
  void finish() {
    refuse(problems);
  }

  /**
   * @param problems a line each
   * @throws UserMistakeException if there is any, naming all of them
   */
  static void refuse(Collection<String> problems) {
    if (!problems.isEmpty()) {
      throw new UserMistakeException(
          "the configuration cannot be used:\n  - " + String.join("\n  - ", problems));
    }
  }
}
