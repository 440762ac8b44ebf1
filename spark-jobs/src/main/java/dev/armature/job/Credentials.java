package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
          "(?i).*(file|dir|path|location|uri|url|name|alias|class|impl|type|providers?|principal|enabled|required|refresh|ratio|length|size|interval|lifetime|timeout|wait|itemKey)");

  private static final Pattern JVM_PROPERTY = Pattern.compile("-D([\\w.-]+)=[\"']?([^\\s\"']+)");

  /** Says that something is done, whatever the key. */
  private static final Pattern SWITCH = Pattern.compile("true|false");

  /** Of the submission's own, which Spark blacks out where it writes settings down. */
  private static final String BLACKED_OUT = ".oauthToken";

  private static final String KEYS_ELSEWHERE =
      "give it in a file that only you can read (--properties-file), or in a credential provider of Hadoop's (spark.hadoop.hadoop.security.credential.provider.path)";

  private static final String KEYS_ELSEWHERE_ON_KUBERNETES =
      "give it as a Kubernetes secret (spark.kubernetes.driver.secretKeyRef.…, spark.kubernetes.driver.secrets.…, and the same of the executor; spark.authenticate.secret.file for Spark's own), or in a credential provider of Hadoop's (spark.hadoop.hadoop.security.credential.provider.path)";

  private static final String JVM_ELSEWHERE =
      "what is given by -D is on a JVM's command line wherever it comes from: write it to a file that only the JVM's user can read, and give @FILE among the JVM's options";

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
   * Refuses a call of spark-submit by whose options a secret is given: who lists processes sees it.
   * On Kubernetes also one by whose settings it is given, in whatever file they stand: Spark writes
   * them in clear into the driver's ConfigMap.
   *
   * @throws UserMistakeException naming every key, and no value
   */
  static void refuse(SubmitCall call) {
    Set<String> keys = new LinkedHashSet<>();
    Set<String> ofJvms = new LinkedHashSet<>();
    String option = "";
    for (String word : call.options()) {
      int equals = word.indexOf('=');
      boolean inOne = word.startsWith("--") && equals > 0;
      String name = inOne ? word.substring(0, equals) : option;
      String value = inOne ? word.substring(equals + 1) : word;
      if (name.equals("--conf") || name.equals("-c")) {
        property(value).ifPresent(keys::add);
      }
      ofJvms.addAll(ofJvms(value));
      option = word.startsWith("-") && !inOne ? word : "";
    }
    List<String> problems = new ArrayList<>();
    if (!keys.isEmpty() || !ofJvms.isEmpty()) {
      problems.add(
          "a secret on the command line, where everyone on this machine can read it: "
              + names("--conf ", keys, ofJvms));
    }
    boolean kubernetes = call.master().startsWith(KubernetesSubmission.SCHEME);
    if (kubernetes) {
      inConfigMap(call.properties(), keys, ofJvms).ifPresent(problems::add);
    }
    if (!keys.isEmpty()) {
      problems.add(kubernetes ? KEYS_ELSEWHERE_ON_KUBERNETES : KEYS_ELSEWHERE);
    }
    if (!ofJvms.isEmpty()) {
      problems.add(JVM_ELSEWHERE);
    }
    if (!problems.isEmpty()) {
      throw new UserMistakeException(String.join("; ", problems));
    }
  }

  /**
   * Says what secrets settings hold beside those that are found already, and adds them to these.
   */
  private static Optional<String> inConfigMap(
      Map<String, String> settings, Set<String> keys, Set<String> ofJvms) {
    Set<String> furtherKeys = new TreeSet<>();
    Set<String> furtherOfJvms = new TreeSet<>();
    settings.forEach(
        (key, value) -> {
          if (!value.isEmpty() && isSecret(key, value) && !key.endsWith(BLACKED_OUT)) {
            furtherKeys.add(key);
          }
          furtherOfJvms.addAll(ofJvms(value));
        });
    furtherKeys.removeAll(keys);
    furtherOfJvms.removeAll(ofJvms);
    if (furtherKeys.isEmpty() && furtherOfJvms.isEmpty()) {
      return Optional.empty();
    }
    keys.addAll(furtherKeys);
    ofJvms.addAll(furtherOfJvms);
    return Optional.of(
        "a secret in a file of settings (--properties-file, spark-defaults.conf), which Spark copies in clear into the driver's ConfigMap: "
            + names("", furtherKeys, furtherOfJvms));
  }

  private static String names(String option, Set<String> keys, Set<String> ofJvms) {
    return Stream.concat(
            keys.stream().map(key -> option + key), ofJvms.stream().map(key -> "-D" + key))
        .collect(Collectors.joining(", "));
  }

  /** The secrets of a JVM's options: -Djavax.net.ssl.keyStorePassword=… and the like. */
  private static List<String> ofJvms(String options) {
    return JVM_PROPERTY
        .matcher(options)
        .results()
        .filter(property -> isSecret(property.group(1), property.group(2)))
        .map(property -> property.group(1))
        .toList();
  }

  /** The key of a setting that holds a secret. */
  private static Optional<String> property(String setting) {
    int equals = setting.indexOf('=');
    return equals > 0
            && equals + 1 < setting.length()
            && isSecret(setting.substring(0, equals), setting.substring(equals + 1))
        ? Optional.of(setting.substring(0, equals))
        : Optional.empty();
  }

  private static boolean isSecret(String key, String value) {
    return !SWITCH.matcher(value).matches()
        && SECRET_KEY.matcher(key).matches()
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
