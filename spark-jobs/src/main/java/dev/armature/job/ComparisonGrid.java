package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keys with several values each, and every combination of them. */
final class ComparisonGrid {
  private final SortedMap<String, List<ConfigValue>> values;

  private ComparisonGrid(SortedMap<String, List<ConfigValue>> values) {
    this.values = values;
  }

  /**
   * Reads a grid.
   *
   * @param grid keys, quoted or not, with a list of values each
   * @param reader is told of every key that has no such list
   */
  static ComparisonGrid read(Config grid, ConfigReader reader) {
    SortedMap<String, List<ConfigValue>> values = new TreeMap<>();
    grid.entrySet()
        .forEach(
            entry -> {
              String key = String.join(".", ConfigUtil.splitPath(entry.getKey()));
              ConfigValue list = entry.getValue();
              boolean usable =
                  list.valueType() == ConfigValueType.LIST && !((ConfigList) list).isEmpty();
              reader.require(
                  usable,
                  "compare.grid." + key,
                  "found %s (%s), expected a list of at least one value"
                      .formatted(plain(list), list.origin().description()));
              if (usable) {
                values.put(key, List.copyOf((ConfigList) list));
              }
            });
    return new ComparisonGrid(values);
  }

  /**
   * A case with every combination, the last key changing fastest. Keys are in alphabetical order,
   * because a configuration has no order of its own; values in that of their lists.
   *
   * @param one its name may be empty
   */
  List<ComparisonCase> combinedWith(ComparisonCase one) {
    List<ComparisonCase> cases = List.of(new ComparisonCase("", ConfigFactory.empty()));
    for (String key : values.keySet()) {
      List<ComparisonCase> longer = new ArrayList<>();
      for (ComparisonCase before : cases) {
        for (ConfigValue value : values.get(key)) {
          longer.add(
              new ComparisonCase(
                  joined(before.name(), label(key) + "=" + plain(value)),
                  before.set().withValue(key, value)));
        }
      }
      cases = longer;
    }
    return cases.stream()
        .map(
            combination ->
                new ComparisonCase(
                    joined(one.name(), combination.name()),
                    combination.set().withFallback(one.set())))
        .toList();
  }

  private static String joined(String before, String next) {
    return before.isEmpty() ? next : next.isEmpty() ? before : before + ", " + next;
  }

  /** The key's last word, where no other key of the grid ends in it. */
  private String label(String key) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    long same =
        values.keySet().stream()
            .filter(other -> other.substring(other.lastIndexOf('.') + 1).equals(last))
            .count();
    return same == 1 ? last : key;
  }

  private static String plain(ConfigValue value) {
    return value.valueType() == ConfigValueType.STRING
        ? value.unwrapped().toString()
        : value.render(ConfigRenderOptions.concise());
  }
}
