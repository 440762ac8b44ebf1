package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * The HOCON files that a command names and that lie on this machine, made ready for a driver on
 * another: each as one file that includes no other, in a folder, with the command naming it as it
 * will lie in the driver's working folder.
 *
 * @param files to be sent
 * @param command with their names in place of their paths
 */
record ShippedRecipes(List<Path> files, List<String> command) {
  private static final Set<String> OPTIONS = Set.of("--conf", "--layout");

  /**
   * Writes the files.
   *
   * @param command that picocli takes, so that no value looks like an option
   * @param folder to write to
   * @param place where the driver finds them, with a slash behind it; empty for its working folder
   * @throws UserMistakeException if one cannot be read, or not be made one file
   */
  static ShippedRecipes write(List<String> command, Path folder, String place, Configuration hadoop)
      throws IOException {
    List<Path> files = new ArrayList<>();
    List<String> rewritten = new ArrayList<>();
    String option = "";
    for (String argument : command) {
      int equals = argument.indexOf('=');
      if (OPTIONS.contains(option)) {
        rewritten.add(ship(argument, folder, place, files, hadoop));
      } else if (equals > 0 && OPTIONS.contains(argument.substring(0, equals))) {
        rewritten.add(
            argument.substring(0, equals + 1)
                + ship(argument.substring(equals + 1), folder, place, files, hadoop));
      } else {
        rewritten.add(argument);
      }
      option = OPTIONS.contains(option) ? "" : argument;
    }
    return new ShippedRecipes(List.copyOf(files), List.copyOf(rewritten));
  }

  /**
   * Options of spark-submit that send the files along.
   *
   * @param others that are sent already, with commas between them
   */
  List<String> options(Optional<String> others) {
    if (files.isEmpty()) {
      return List.of();
    }
    return List.of(
        "--files",
        Stream.concat(others.stream(), files.stream().map(file -> file.toUri().toString()))
            .collect(Collectors.joining(",")));
  }

  /** The file's name where it is shipped; the same value where it is no file of this machine's. */
  private static String ship(
      String value, Path folder, String place, List<Path> files, Configuration hadoop)
      throws IOException {
    org.apache.hadoop.fs.Path given = new org.apache.hadoop.fs.Path(value);
    String scheme = given.toUri().getScheme();
    if ((scheme != null && !scheme.equals("file"))
        || !Files.isRegularFile(Path.of(given.toUri().getPath()))) {
      return value;
    }
    Path file = folder.resolve(given.getName());
    Files.writeString(file, flat(value, hadoop));
    files.add(file);
    return place + given.getName();
  }

  /** With what it includes, and with references as they are: what is set later decides them. */
  private static String flat(String file, Configuration hadoop) {
    Config recipe = SettingsFile.parse(file, hadoop);
    String text = SettingsFile.render(recipe);
    if (!ConfigFactory.parseString(text).equals(recipe)) {
      throw new UserMistakeException(
          "%s cannot be sent to the cluster: a setting that is given twice refers to another one (${…}); give it once, or submit with --deploy-mode client"
              .formatted(file));
    }
    return text;
  }
}
