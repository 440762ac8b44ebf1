package dev.armature.job;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** The options that give a command its settings. */
final class SettingsOptions {

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "A recipe in HOCON; what it leaves out has the defaults of reference.conf.")
  private String recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one key, for instance train.epochs=5. May be repeated.")
  private List<String> overrides = new ArrayList<>();

  /**
   * @throws UserMistakeException naming everything that is wrong with them
   */
  Settings read(Configuration hadoop) {
    return SettingsFile.read(recipe, overrides, hadoop);
  }

  /**
   * The settings with further keys set, over all others.
   *
   * @throws UserMistakeException naming everything that is wrong with them
   */
  Settings read(Configuration hadoop, List<String> further) {
    List<String> all = new ArrayList<>(overrides);
    all.addAll(further);
    return SettingsFile.read(recipe, all, hadoop);
  }

  /**
   * What the user gives, without defaults.
   *
   * @throws UserMistakeException if it cannot be read
   */
  Config given(Configuration hadoop) {
    return SettingsFile.given(recipe, overrides, hadoop);
  }

  /** The recipe's file; null without one. */
  String recipe() {
    return recipe;
  }

  boolean hasRecipe() {
    return recipe != null;
  }

  List<String> overrides() {
    return overrides;
  }
}
