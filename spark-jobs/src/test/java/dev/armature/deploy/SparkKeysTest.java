package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.deploy.Manifests.ScheduledSparkApplication;
import dev.armature.deploy.Manifests.SparkApplication;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.ConfigEntry$;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every key of Spark's that is written anywhere is one that Spark 3.5 reads. */
class SparkKeysTest {
  /** Objects that declare keys; a key is known once its object is loaded. */
  private static final List<String> DECLARATIONS =
      List.of(
          "org.apache.spark.internal.config.package$",
          "org.apache.spark.internal.config.Deploy$",
          "org.apache.spark.internal.config.History$",
          "org.apache.spark.internal.config.Network$",
          "org.apache.spark.internal.config.Status$",
          "org.apache.spark.internal.config.UI$",
          "org.apache.spark.internal.config.Worker$",
          "org.apache.spark.deploy.k8s.Config$",
          "org.apache.spark.deploy.yarn.config.package$",
          "org.apache.spark.sql.internal.SQLConf$",
          "org.apache.spark.sql.internal.StaticSQLConf$");

  /** Keys that Spark reads without declaring them, or makes of a prefix and a name. */
  private static final List<Pattern> UNDECLARED =
      List.of(
          // SparkConf and the launcher; no ConfigEntry.
          Pattern.compile(
              "spark\\.(app\\.name|master|local\\.dir|submit\\.deployMode|home|serializer)"),
          // Utils and TransportConf read them.
          Pattern.compile("spark\\.port\\.maxRetries"),
          Pattern.compile("spark\\.network\\.crypto\\.authEngineVersion"),
          // A name of the user's: a variable, a secret, a label.
          Pattern.compile("spark\\.executorEnv\\.\\w+"),
          Pattern.compile("spark\\.yarn\\.appMasterEnv\\.\\w+"),
          Pattern.compile("spark\\.kubernetes\\.(driver|executor)\\.secrets\\.[a-z-]+"),
          Pattern.compile("spark\\.kubernetes\\.(driver|executor)\\.secretKeyRef\\.[A-Z_]+"),
          // ResourceID makes these of component, resource and suffix.
          Pattern.compile(
              "spark\\.(driver|executor|worker)\\.resource\\.gpu\\.(amount|vendor|discoveryScript|addresses)"),
          Pattern.compile("spark\\.task\\.resource\\.gpu\\.amount"),
          Pattern.compile("spark\\.metrics\\.conf\\..*"));

  /** A key and not a file, a class or a word before an ellipsis. */
  private static final Pattern MENTION =
      Pattern.compile(
          "(?<![\\w./:@*-])spark\\.[a-zA-Z][\\w-]*(?:\\.[\\w-]+)+(?![\\w*(])(?!\\.[\\w*…])");

  private static final Pattern FILE_OR_CLASS =
      Pattern.compile("spark\\.(sh|conf|apache\\..*|.*\\.(jar|md|sh|conf|yaml))");

  @BeforeAll
  static void load_declarations() throws ClassNotFoundException {
    for (String declaration : DECLARATIONS) {
      Class.forName(declaration);
    }
  }

  private static boolean isKnown(String key) {
    if (key.startsWith("spark.hadoop.")) {
      return isHadoops(key.substring("spark.hadoop.".length()));
    }
    return ConfigEntry.findEntry(key) != null
        || isAlternative(key)
        || UNDECLARED.stream().anyMatch(pattern -> pattern.matcher(key).matches());
  }

  /** An older name, which Spark still reads. */
  private static boolean isAlternative(String key) {
    return ConfigEntry$.MODULE$.knownConfigs().values().stream()
        .anyMatch(
            entry ->
                entry.alternatives().contains(key)
                    || SparkConf.getDeprecatedConfig(entry.key(), Map.of(key, "1")).isDefined());
  }

  private static boolean isHadoops(String key) {
    return new Configuration().get(key) != null;
  }

  private static Set<String> mentions(Path file) {
    Set<String> keys = new TreeSet<>();
    Matcher matcher = MENTION.matcher(Repository.read(file));
    while (matcher.find()) {
      String key = matcher.group().replaceAll("[.-]+$", "");
      if (!FILE_OR_CLASS.matcher(key).matches()) {
        keys.add(key);
      }
    }
    return keys;
  }

  @Test
  void every_key_in_files_scripts_and_documentation_is_one_of_sparks() {
    List<Path> files =
        Repository.files("conf", "deploy", "docker", "docs", "README.md").stream()
            .filter(file -> !file.toString().endsWith("spark-class-path.txt"))
            .toList();
    Set<String> seen = new TreeSet<>();
    for (Path file : files) {
      Set<String> keys = mentions(file);
      seen.addAll(keys);
      assertThat(keys).as(file.toString()).allMatch(SparkKeysTest::isKnown);
    }
    assertThat(seen)
        .contains("spark.executor.memoryOverhead", "spark.network.crypto.enabled")
        .hasSizeGreaterThan(30);
  }

  @Test
  void properties_files_and_manifests_set_values_that_spark_can_read() {
    List<Path> properties =
        Repository.files("conf").stream()
            .filter(file -> file.getFileName().toString().matches("spark-.*\\.conf"))
            .toList();
    assertThat(properties).hasSizeGreaterThanOrEqualTo(4);
    for (Path file : properties) {
      check(SparkProperties.read(Repository.ROOT.relativize(file).toString()));
    }
    check(
        Manifests.typed(
                Manifests.document("deploy/kubernetes/nightly/nightly.yaml"),
                ScheduledSparkApplication.class)
            .spec()
            .template()
            .sparkConf());
    check(
        Manifests.typed(Manifests.document("deploy/kubernetes/once.yaml"), SparkApplication.class)
            .spec()
            .sparkConf());
  }

  private static void check(Map<String, String> properties) {
    assertThat(properties.keySet()).isNotEmpty().allMatch(SparkKeysTest::isKnown);
    SparkConf conf = new SparkConf(false);
    properties.forEach(conf::set);
    for (String key : properties.keySet()) {
      ConfigEntry<?> entry = ConfigEntry.findEntry(key);
      if (entry != null) {
        // Reads and checks it; a wrong unit or word is an exception that names the key.
        assertThat((Object) conf.get(entry)).as(key).isNotNull();
      }
    }
  }

  @Test
  void a_key_that_spark_does_not_have_is_noticed() {
    assertThat(isKnown("spark.executor.memoryOverhed")).isFalse();
    assertThat(isKnown("spark.hadoop.fs.s3a.no.such.key")).isFalse();
  }
}
