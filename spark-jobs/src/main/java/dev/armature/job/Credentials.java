package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds secrets where none may be. What a call and its configuration say is written into {@code
 * run.conf}, manifests and tables, logged, and seen by whoever lists processes; so a secret in it
 * is refused, and never shown in saying so.
 */
final class Credentials {
  /** User and password before a host; in s3: the key may hold slashes, and buckets no ports. */
  private static final Pattern IN_ADDRESS =
      Pattern.compile(
          "(?i)s3[an]?://[^/@:\\s]*:[^@\\s]+@|[a-z][a-z0-9+.-]*://[^/@:\\s]*:[^/@\\s]+@");

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(secret|password|passwd|token|credential|access_?key|private_?key).*");

  /** Of a file, an address or the like that has to do with a secret. */
  private static final Pattern PLACE_NAME =
      Pattern.compile("(?i).*_(file|dir|path|location|uri|url|name|provider)");

  /** Shorter values may be words of a path. AWS's keys have 20 and 40 characters. */
  private static final int SHORTEST = 16;

  private static final String REMEDY =
      "it would be written down with the run; give secrets where Hadoop and Spark look for them (a credential provider, a Kubernetes secret, the environment)";

  private Credentials() {}

  /**
   * Refuses arguments of a call that hold a secret.
   *
   * @throws UserMistakeException if one does
   */
  static void refuse(String[] arguments, Map<String, String> environment) {
    for (String argument : arguments) {
      find(argument, environment)
          .ifPresent(
              found -> {
                throw new UserMistakeException(
                    "an argument of the call holds %s: %s".formatted(found, REMEDY));
              });
    }
  }

  /**
   * Refuses a configuration that holds a secret, also one that a reference to the environment put
   * there.
   *
   * @throws UserMistakeException naming every key that does
   */
  static void refuse(Config config, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    config
        .entrySet()
        .forEach(
            entry -> {
              if (entry.getValue().valueType() == ConfigValueType.STRING) {
                find(entry.getValue().unwrapped().toString(), environment)
                    .ifPresent(
                        found ->
                            problems.add(
                                "%s: holds %s; %s".formatted(entry.getKey(), found, REMEDY)));
              }
            });
    ConfigReader.refuse(problems.stream().sorted().toList());
  }

  /** What secret a text holds, in words that do not give it away. */
  private static Optional<String> find(String text, Map<String, String> environment) {
    if (IN_ADDRESS.matcher(text).find()) {
      return Optional.of("an address with a password (…://user:password@…)");
    }
    return environment.entrySet().stream()
        .filter(variable -> SECRET_NAME.matcher(variable.getKey()).matches())
        .filter(variable -> !PLACE_NAME.matcher(variable.getKey()).matches())
        .filter(variable -> variable.getValue().length() >= SHORTEST)
        .filter(variable -> text.contains(variable.getValue()))
        .map(variable -> "the value of the environment variable " + variable.getKey())
        .sorted()
        .findFirst();
  }
}
