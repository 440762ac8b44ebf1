package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
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

  /** Of Spark's settings and of a JVM's properties; dots and capitals part their words. */
  private static final Pattern SECRET_KEY =
      Pattern.compile(
          "(?i).*(secret|password|passwd|passphrase|token|credential|(access|account|private|api)[._-]?key).*");

  /** Kubernetes secrets by their names. */
  private static final Pattern REFERENCE =
      Pattern.compile("spark\\.kubernetes\\.(driver|executor)\\.(secrets|secretKeyRef)\\..*");

  /** What has to do with secrets and is none: where they are, how long, whether at all. */
  private static final Pattern PLACE_KEY =
      Pattern.compile(
          "(?i).*(file|dir|path|location|uri|url|name|alias|class|impl|type|providers?|principal|enabled|required|refresh|ratio|length|size|interval|lifetime|timeout|wait)");

  private static final Pattern JVM_PROPERTY = Pattern.compile("-D([\\w.-]+)=[^\\s\"']");

  private static final String ELSEWHERE =
      "give it in a file that only you can read (--properties-file), in a credential provider of Hadoop's (spark.hadoop.hadoop.security.credential.provider.path), or on Kubernetes as a secret";

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

  /**
   * Refuses options of spark-submit by whose names a secret is given: who lists processes sees it.
   *
   * @param options as on the command line
   * @throws UserMistakeException naming every key, and no value
   */
  static void refuseOptions(List<String> options) {
    List<String> problems = new ArrayList<>();
    String option = "";
    for (String word : options) {
      int equals = word.indexOf('=');
      boolean inOne = word.startsWith("--") && equals > 0;
      String name = inOne ? word.substring(0, equals) : option;
      String value = inOne ? word.substring(equals + 1) : word;
      if (name.equals("--conf") || name.equals("-c")) {
        property(value).ifPresent(key -> problems.add("--conf " + key));
      }
      // -Djavax.net.ssl.keyStorePassword=… and the like, in whatever option holds a JVM's.
      Matcher properties = JVM_PROPERTY.matcher(value);
      while (properties.find()) {
        if (isSecret(properties.group(1))) {
          problems.add("-D" + properties.group(1));
        }
      }
      option = word.startsWith("-") && !inOne ? word : "";
    }
    if (!problems.isEmpty()) {
      throw new UserMistakeException(
          "a secret on the command line, where everyone on this machine can read it: %s; %s"
              .formatted(String.join(", ", problems.stream().distinct().toList()), ELSEWHERE));
    }
  }

  /** The key of a setting that holds a secret. */
  private static Optional<String> property(String setting) {
    int equals = setting.indexOf('=');
    String key = equals < 0 ? setting : setting.substring(0, equals);
    return equals > 0 && equals + 1 < setting.length() && isSecret(key)
        ? Optional.of(key)
        : Optional.empty();
  }

  private static boolean isSecret(String key) {
    return SECRET_KEY.matcher(key).matches()
        && !REFERENCE.matcher(key).matches()
        && !PLACE_KEY.matcher(key).matches();
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
