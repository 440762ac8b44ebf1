package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import dev.armature.round.PhaseTimes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/operations.md quotes what the program says and writes, and so must be right about it. */
class OperationsPageTest {
  private static final String PAGE = Repository.read("docs/operations.md");

  /** Comments and character literals, and in the group what a string literal holds. */
  private static final Pattern JAVA =
      Pattern.compile(
          "//[^\\n]*|/\\*.*?\\*/|'(?:\\\\.|[^'\\\\])+'|\"\"\"(.*?)\"\"\"|\"((?:\\\\.|[^\"\\\\])*)\"",
          Pattern.DOTALL);

  private static final Pattern SHELL = Pattern.compile("\"((?:\\\\.|[^\"\\\\])*)\"|'([^']*)'");

  /** What the program and its scripts can say: their strings, one a line. */
  private static final String SAID =
      Stream.concat(
              Repository.files("spark-jobs/src/main/java").stream()
                  .map(Repository::read)
                  .map(OperationsPageTest::javaStrings),
              Repository.shellScripts().stream()
                  .map(Repository::read)
                  .map(OperationsPageTest::shellStrings))
          .collect(Collectors.joining("\n"));

  /** String literals; those that are added up are one. */
  static String javaStrings(String source) {
    StringBuilder strings = new StringBuilder();
    Matcher token = JAVA.matcher(source);
    int end = 0;
    while (token.find()) {
      String text = token.group(1) == null ? token.group(2) : token.group(1);
      if (text == null) {
        continue;
      }
      if (!source.substring(end, token.start()).strip().equals("+")) {
        strings.append('\n');
      }
      strings.append(text.replace("\\\"", "\"").replace("\\\\", "\\"));
      end = token.end();
    }
    return strings.toString();
  }

  static String shellStrings(String script) {
    StringBuilder strings = new StringBuilder();
    script
        .lines()
        .filter(line -> !line.strip().startsWith("#"))
        .forEach(
            line -> {
              Matcher token = SHELL.matcher(line);
              while (token.find()) {
                strings
                    .append(token.group(1) == null ? token.group(2) : token.group(1))
                    .append('\n');
              }
            });
    return strings.toString();
  }

  private static String section(String heading) {
    int begin = PAGE.indexOf("## " + heading);
    assertThat(begin).as(heading).isNotNegative();
    int end = PAGE.indexOf("\n## ", begin);
    return PAGE.substring(begin, end < 0 ? PAGE.length() : end);
  }

  /** Cells of the tables in a section, without their heads. */
  private static List<List<String>> rows(String heading) {
    List<String> lines = section(heading).lines().toList();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      boolean head = isRule(lines.get(i)) || (i + 1 < lines.size() && isRule(lines.get(i + 1)));
      if (lines.get(i).startsWith("|") && !head) {
        rows.add(Stream.of(lines.get(i).substring(1).split("\\|", -1)).map(String::strip).toList());
      }
    }
    assertThat(rows).isNotEmpty();
    return rows;
  }

  /** What parts a table's head from its rows. */
  private static boolean isRule(String line) {
    return line.matches("\\|[\\s|:-]+");
  }

  private static List<String> quoted(String text) {
    List<String> quoted = new ArrayList<>();
    Matcher matcher = Pattern.compile("`([^`]+)`").matcher(text);
    while (matcher.find()) {
      quoted.add(matcher.group(1));
    }
    return quoted;
  }

  @Test
  void every_quoted_message_is_one_of_the_programs() {
    for (List<String> row : rows("What failure looks like")) {
      List<String> messages = quoted(row.get(0));
      assertThat(messages).as(row.toString()).isNotEmpty();
      for (String message : Stream.concat(messages.stream(), advice(row.get(1))).toList()) {
        for (String part : message.split("…", -1)) {
          assertThat(SAID.contains(part.strip())).as(part).isTrue();
        }
      }
    }
  }

  /** Sentences among what is quoted; the rest are keys, which have tests of their own. */
  private static Stream<String> advice(String cell) {
    return quoted(cell).stream().filter(text -> text.split(" ", -1).length > 3);
  }

  @Test
  void every_key_of_the_metrics_is_one_that_is_written() {
    String recorder = Repository.read("spark-jobs/src/main/java/dev/armature/job/RunRecorder.java");
    String coordinator =
        Repository.read("spark-jobs/src/main/java/dev/armature/round/Coordinator.java");
    List<String> phases =
        Arrays.stream(PhaseTimes.Phase.values())
            .map(phase -> phase.name().toLowerCase(Locale.ROOT))
            .toList();
    for (List<String> row : rows("What to watch")) {
      for (String key : quoted(row.get(0))) {
        String last = key.substring(key.lastIndexOf('.') + 1);
        if (key.startsWith("seconds.worker.")) {
          assertThat(phases).contains(last);
        } else if (key.startsWith("seconds.driver.")) {
          assertThat(coordinator).contains("\"" + last + "\"");
        } else if (key.contains(".") && !recorder.contains("\"" + key + "\"")) {
          assertThat(recorder).contains("\"" + key.substring(0, key.indexOf('.') + 1) + "\"");
        } else {
          assertThat(recorder).contains("\"" + key + "\"");
        }
      }
    }
  }

  @Test
  void sizes_are_those_of_the_encoders() {
    for (List<String> row : rows("Resuming")) {
      EncoderShape shape =
          new EncoderShape(
              25 * 3 * 2, Integer.parseInt(row.get(0)), 3, 128, 1, Recurrence.LOCKSTEP);
      long numbers = new ParameterLayout(shape).size();
      double state = 3e-6 * 3 * numbers * Float.BYTES;
      double queues = 3e-6 * 16_384 * 128 * Float.BYTES;
      assertThat(row.subList(1, 4))
          .containsExactly(
              String.format(Locale.ROOT, "%,d", numbers),
              String.format(Locale.ROOT, "%.1f MB", state),
              String.format(Locale.ROOT, "%.1f MB", state + queues));
    }
  }

  @Test
  void what_only_a_comment_says_is_no_message() {
    String source =
        """
        /** Refuses "a folder". */
        // It says "no room".
        char quote = '"';
        String message = "there is no room in %s: "
            + "give \\"another\\" folder";
        """;
    assertThat(javaStrings(source).strip())
        .isEqualTo("there is no room in %s: give \"another\" folder");
    assertThat(shellStrings("# refuse \"no\"\n  refuse \"yes: 'why'\"\n"))
        .isEqualTo("yes: 'why'\n");
  }
}
