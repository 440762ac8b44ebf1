package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Set;
import java.util.TreeSet;

/** The keys of Armature's own configuration. */
final class ArmatureKeys {
  private ArmatureKeys() {}

  static Set<String> known() {
    Set<String> keys = new TreeSet<>();
    for (String file : new String[] {"reference.conf", "reference-compare.conf"}) {
      ConfigFactory.parseResources(ArmatureKeys.class.getClassLoader(), file)
          .resolve(com.typesafe.config.ConfigResolveOptions.defaults().setAllowUnresolved(true))
          .root()
          .forEach((block, value) -> add(keys, block, value));
    }
    return keys;
  }

  /** Blocks count as keys, too: documentation speaks of them. */
  private static void add(Set<String> keys, String path, com.typesafe.config.ConfigValue value) {
    keys.add(path);
    if (value instanceof com.typesafe.config.ConfigObject block) {
      block.forEach((name, inner) -> add(keys, path + "." + name, inner));
    }
  }

  static void assertKnown(Config config) {
    Set<String> known = known();
    config.entrySet().forEach(entry -> assertThat(known).contains(entry.getKey()));
  }
}
