package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What documentation and scripts name is there: commands, options, keys, classes and files. */
class MentionsTest {
  private static final Set<String> SPARK_OPTIONS_WITHOUT_VALUE =
      Set.of("--verbose", "--supervise", "--help");

  /** A call of a submit script, or of the jar, or the commands' own short form in messages. */
  private static final Pattern CALL =
      Pattern.compile("(?:deploy/\\w+/submit|-spark\\.jar)((?:[ \\t]+\\S+)+)");

  private static final Pattern KEY =
      Pattern.compile(
          "(?<![\\w./-])(data|output|init|encoder|gpu|augment|distill|round|train|checkpoint|guard|live|evaluate|compare)(\\.[a-z][a-z-]*)+(?![\\w/(])");

  private static final Pattern FILE =
      Pattern.compile(
          "(?<![\\w./:{}$-])(?!docker/dockerfile:)(conf|deploy|docker|docs|spark-jobs/src)/[\\w./-]*[\\w-]");

  private static final Pattern CLASS =
      Pattern.compile("\\bdev\\.armature(?:\\.[a-z]+)*\\.[A-Z]\\w+");

  static Stream<Path> texts() {
    return Repository.files(
            "README.md",
            "docs/operations.md",
            "docs/data.md",
            "docs/embeddings.md",
            "deploy",
            "docker",
            "conf")
        .stream()
        .filter(file -> !file.toString().endsWith("spark-class-path.txt"));
  }

  private static List<String> found(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  private static String joined(Path file) {
    return Repository.read(file).replaceAll("\\\\\n[#\\s]*", "");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void calls_have_commands_and_options_that_exist(Path file) {
    Matcher calls = CALL.matcher(joined(file));
    while (calls.find()) {
      List<String> call = withoutSparkOptions(calls.group(1).strip());
      if (!call.isEmpty()) {
        CommandLines.assertKnown(call);
      }
    }
  }

  /** Empty where the text does not go on to a command, as in a sentence. */
  private static List<String> withoutSparkOptions(String call) {
    List<String> words = new ArrayList<>(List.of(call.split("[ \\t]+")));
    while (!words.isEmpty() && words.get(0).startsWith("--")) {
      String option = words.remove(0);
      if (!option.contains("=") && !SPARK_OPTIONS_WITHOUT_VALUE.contains(option)) {
        words.remove(0);
      }
    }
    if (words.isEmpty() || !CommandLines.commands().containsKey(words.get(0))) {
      return List.of();
    }
    List<String> clean = new ArrayList<>();
    for (String word : words) {
      String bare = word.replaceAll("[`'\"…,;).]+$", "").replaceAll("^[`'\"(]+", "");
      clean.add(bare);
      if (!bare.equals(word) && word.matches(".*[`;)]+$")) {
        break;
      }
    }
    return clean;
  }

  @ParameterizedTest
  @MethodSource("texts")
  void keys_of_the_configuration_are_in_reference_conf(Path file) {
    Set<String> unknown = new TreeSet<>(found(KEY, Repository.read(file)));
    unknown.removeAll(ArmatureKeys.known());
    unknown.removeIf(MentionsTest::isNoKey);
    assertThat(unknown).as(file.toString()).isEmpty();
  }

  /** Files, and names in metrics, which have their own test. */
  private static boolean isNoKey(String mention) {
    return mention.matches(".*\\.(conf|json|jsonl|md|yaml|html|py)");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void files_of_the_repository_are_there(Path file) {
    for (String mention : new TreeSet<>(found(FILE, Repository.read(file)))) {
      boolean there =
          Files.exists(Repository.path(mention))
              || Files.exists(file.resolveSibling(mention))
              // The beginning of several: conf/compare-*.conf.
              || mention.endsWith("-");
      assertThat(there).as("%s in %s", mention, file).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void classes_are_there(Path file) {
    for (String mention : found(CLASS, Repository.read(file))) {
      assertThat(mention).satisfies(name -> assertThat(Class.forName(name)).isNotNull());
    }
  }

  @Test
  void what_is_not_there_is_noticed() {
    assertThat(found(KEY, "set `distill.neighbors` to")).containsExactly("distill.neighbors");
    assertThat(ArmatureKeys.known()).doesNotContain("distill.neighbors").contains("distill.queue");
  }
}
