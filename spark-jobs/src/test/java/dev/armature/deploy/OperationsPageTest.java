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

  /** All sources, with strings that go over several lines as one. */
  private static final String SOURCES =
      Repository.files("spark-jobs/src/main/java", "deploy").stream()
          .map(Repository::read)
          .collect(Collectors.joining("\n"))
          .replaceAll("\"\\s*\\+\\s*\"", "");

  private static String section(String heading) {
    int begin = PAGE.indexOf("## " + heading);
    assertThat(begin).as(heading).isNotNegative();
    int end = PAGE.indexOf("\n## ", begin);
    return PAGE.substring(begin, end < 0 ? PAGE.length() : end);
  }

  /** Cells of the table in a section, without its head. */
  private static List<List<String>> rows(String heading) {
    List<List<String>> rows =
        section(heading)
            .lines()
            .filter(line -> line.startsWith("|"))
            .skip(2)
            .map(line -> Stream.of(line.substring(1).split("\\|", -1)).map(String::strip).toList())
            .toList();
    assertThat(rows).isNotEmpty();
    return rows;
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
          assertThat(SOURCES.contains(part.strip())).as(part).isTrue();
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
        } else if (key.contains(".")) {
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
}
