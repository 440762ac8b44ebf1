package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Where settings come from: defaults, a recipe, and what the command line sets. */
final class SettingsFile {
  /** What a run's own {@code run.conf} holds besides settings. */
  static final String VERSIONS = "armature";

  /**
   * Keys that there are no more, with the value that stands for what is done now. Where a stored
   * configuration or a recipe has them with this value, it is read as if it did not.
   */
  static final Config RETIRED = ConfigFactory.parseMap(Map.of("encoder.heads", 1));

  private SettingsFile() {}

  /** Every key with its default. */
  static Config reference() {
    return defaults().resolve();
  }

  /** The same, where a default that is another key's value is not yet that value. */
  private static Config defaults() {
    return ConfigFactory.parseResources(SettingsFile.class.getClassLoader(), "reference.conf");
  }

  /**
   * Reads settings for training.
   *
   * @param recipe a HOCON file, as for {@link #parse}; null for the defaults
   * @param overrides {@code key=value}, the value in HOCON
   * @throws UserMistakeException if anything is wrong with them
   */
  static Settings read(String recipe, List<String> overrides, Configuration hadoop) {
    return read(given(recipe, overrides, hadoop), ConfigFactory.empty());
  }

  /**
   * Reads settings for training.
   *
   * @param given what the user gives
   * @param known what is known of keys that are not given; the defaults stand behind it
   * @throws UserMistakeException if anything is wrong with them
   */
  static Settings read(Config given, Config known) {
    return read(given.withFallback(known), Settings.Use.TRAINING);
  }

  /**
   * Reads a run's settings for evaluation.
   *
   * @param stored the run's configuration
   * @throws UserMistakeException if anything is wrong with them
   */
  static Settings readForEvaluation(Config stored, List<String> overrides) {
    return read(given(stored, overrides), Settings.Use.EVALUATION);
  }

  private static Settings read(Config config, Settings.Use use) {
    if (config.hasPath(ComparisonReader.BLOCK)) {
      throw new UserMistakeException(
          "the configuration describes a comparison of several runs (%s: %s): call compare --conf with it, or give the recipe that it includes"
              .formatted(
                  config.getValue(ComparisonReader.BLOCK).origin().description(),
                  ComparisonReader.BLOCK));
    }
    return Settings.read(resolve(config), reference(), use);
  }

  /**
   * What the user gives: what the command line sets, over a recipe, without defaults.
   *
   * @param recipe a HOCON file, as for {@link #parse}; null for none
   * @throws UserMistakeException if the file or a setting is no HOCON
   */
  static Config given(String recipe, List<String> overrides, Configuration hadoop) {
    return given(recipe == null ? ConfigFactory.empty() : parse(recipe, hadoop), overrides);
  }

  /** The same, with a recipe that is read already. */
  static Config given(Config recipe, List<String> overrides) {
    Config config = ConfigFactory.empty();
    for (String override : overrides) {
      config = override(override).withFallback(config);
    }
    return config.withFallback(recipe.withoutPath(VERSIONS));
  }

  /**
   * The text of a key, or its default; empty where it is no text, which reading the settings will
   * refuse.
   *
   * @throws UserMistakeException if the configuration refers to something that is not there
   */
  static String text(Config given, String key) {
    try {
      return resolve(given).getString(key);
    } catch (ConfigException noText) {
      return "";
    }
  }

  /**
   * A configuration with defaults behind it and nothing that refers to something else.
   *
   * @throws UserMistakeException if it refers to something that is not there
   */
  static Config resolve(Config config) {
    try {
      return withoutRetired(config.withFallback(defaults()).resolve());
    } catch (ConfigException.UnresolvedSubstitution wrong) {
      throw new UserMistakeException(
          "the configuration refers to something that is not there: " + wrong.getMessage(), wrong);
    }
  }

  private static Config withoutRetired(Config config) {
    Config current = config;
    for (Map.Entry<String, ConfigValue> retired : RETIRED.entrySet()) {
      String key = retired.getKey();
      if (config.hasPath(key) && config.getValue(key).equals(retired.getValue())) {
        current = current.withoutPath(key);
      }
    }
    return current;
  }

  private static Config override(String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new UserMistakeException(
          "--set %s: expected key=value, for instance train.epochs=5".formatted(override));
    }
    String key = override.substring(0, equals).strip();
    String value = override.substring(equals + 1).strip();
    String description = "--set " + key;
    if (isText(key) && !value.startsWith("\"")) {
      // A path may hold what HOCON takes for a comment or a list.
      return ConfigFactory.empty()
          .withValue(key, ConfigValueFactory.fromAnyRef(value, description));
    }
    try {
      Config parsed =
          ConfigFactory.parseString(
              "value = " + value, ConfigParseOptions.defaults().setOriginDescription(description));
      return ConfigFactory.empty()
          .withValue(key, parsed.getValue("value").withOrigin(origin(description)));
    } catch (ConfigException notHocon) {
      throw new UserMistakeException(
          "--set %s: %s".formatted(override, notHocon.getMessage()), notHocon);
    }
  }

  private static boolean isText(String key) {
    try {
      Config reference = reference();
      return reference.hasPath(key)
          && reference.getValue(key).valueType() == ConfigValueType.STRING;
    } catch (ConfigException.BadPath notKey) {
      throw new UserMistakeException("--set %s: that is no key".formatted(key), notKey);
    }
  }

  private static com.typesafe.config.ConfigOrigin origin(String description) {
    return com.typesafe.config.ConfigOriginFactory.newSimple(description);
  }

  /**
   * Parses a HOCON file.
   *
   * @param file any Hadoop path; without a scheme a file of this machine's, whatever the cluster's
   *     file system is, as for spark-submit
   * @throws UserMistakeException if it cannot be read or is not HOCON
   */
  static Config parse(String file, Configuration hadoop) {
    return parse(file, ConfigParseOptions.defaults(), hadoop);
  }

  /**
   * Parses a run's own {@code run.conf}, which may lie in someone else's folder: it stands for
   * itself, and takes nothing from other files or from the environment.
   *
   * @throws UserMistakeException if it cannot be read, is not HOCON or is not one that a run wrote
   */
  static Config parseStored(String file, Configuration hadoop) {
    Config stored =
        parse(file, ConfigParseOptions.defaults().setIncluder(new NoIncludes()), hadoop);
    if (!stored.isResolved()) {
      throw new UserMistakeException(
          "%s refers to something else with ${…}, and pretrain and import write values only; put back the file that they wrote"
              .formatted(file));
    }
    return stored;
  }

  private static Config parse(String file, ConfigParseOptions options, Configuration hadoop) {
    try {
      Path path = new Path(file);
      FileSystem fileSystem =
          path.toUri().getScheme() == null
              ? FileSystem.getLocal(hadoop)
              : path.getFileSystem(hadoop);
      if (fileSystem instanceof LocalFileSystem local) {
        // Files on disk may include their neighbours.
        return ConfigFactory.parseFile(local.pathToFile(path), options.setAllowMissing(false));
      }
      try (Reader reader = new InputStreamReader(fileSystem.open(path), StandardCharsets.UTF_8)) {
        return ConfigFactory.parseReader(reader, options.setOriginDescription(file));
      }
    } catch (ConfigException.IO unreadable) {
      throw new UserMistakeException(
          "the configuration file %s cannot be read: %s".formatted(file, unreadable.getMessage()),
          unreadable);
    } catch (IOException unreadable) {
      throw new UserMistakeException(
          "the configuration file %s cannot be read: %s".formatted(file, unreadable.getMessage()),
          unreadable);
    } catch (ConfigException wrong) {
      throw new UserMistakeException(
          "the configuration file is not HOCON: " + wrong.getMessage(), wrong);
    }
  }

  /** The configuration as HOCON that can be read again, without comments. */
  static String render(Config config) {
    return config
        .root()
        .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
  }
}
