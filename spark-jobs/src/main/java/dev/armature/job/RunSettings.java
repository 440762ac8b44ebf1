package dev.armature.job;

import com.typesafe.config.Config;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The settings of a run that is to be trained. */
final class RunSettings {
  private RunSettings() {}

  /**
   * Reads them. A resumed run has its own configuration, unless the user gives one; sizes that are
   * not given are those of the run that this one starts from. A run that has checkpoints knows them
   * by itself.
   *
   * @throws UserMistakeException naming everything that is wrong with them
   */
  static Settings read(SettingsOptions options, boolean resume, Configuration hadoop)
      throws IOException {
    Config given = options.given(hadoop);
    String output = SettingsFile.text(given, "output.dir");
    if (resume && !output.isBlank()) {
      RunFolder folder = new RunFolder(output, hadoop);
      Optional<Config> stored = folder.readConfiguration();
      if (stored.isPresent() && !options.hasRecipe()) {
        given = SettingsFile.given(stored.get(), options.overrides());
      }
      boolean started = !SettingsFile.text(given, InitialRun.FROM).isBlank();
      if (stored.isPresent() && started && !folder.checkpoints().rounds().isEmpty()) {
        return requirePaths(SettingsFile.read(given, InitialRun.sizes(stored.get())));
      }
    }
    return requirePaths(SettingsFile.read(given, InitialRun.sizes(given, hadoop)));
  }

  /**
   * @throws UserMistakeException if a run would not know where its data is, or where to write
   */
  static Settings requirePaths(Settings settings) {
    require(settings.dataPath(), "data.path", "the folder that prepare wrote");
    require(settings.outputDir(), "output.dir", "the folder the run is to write to");
    return settings;
  }

  private static void require(String value, String key, String meaning) {
    if (value.isBlank()) {
      throw new UserMistakeException(
          "%s is not set; it is %s (--set %s=…)".formatted(key, meaning, key));
    }
  }
}
