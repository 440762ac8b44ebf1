package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final String SUBMIT = "deploy/local/submit ";

  /** Asks bash for what it would offer for the last word. */
  private static final String COMPLETE =
      """
      source "$0"
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      _complete_submit "$1" "${@: -1}" "${@: -2:1}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """;

  static Stream<CommandLine> every_command() {
    List<CommandLine> all = new ArrayList<>();
    collect(Main.words(), all);
    return all.stream();
  }

  private static void collect(CommandLine line, List<CommandLine> all) {
    all.add(line);
    line.getSubcommands().values().forEach(command -> collect(command, all));
  }

  @ParameterizedTest
  @MethodSource("every_command")
  void help_has_examples_that_are_calls_as_they_stand(CommandLine command) {
    assertThat(command.getUsageMessage()).as(command.getCommandName()).contains("Examples:");
    List<String> examples =
        String.join("\n", command.getCommandSpec().usageMessage().footer())
            .replace("\\\n", " ")
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith(SUBMIT))
            .toList();
    assertThat(examples).as(command.getCommandName()).isNotEmpty();
    for (String example : examples) {
      List<String> words = words(example.substring(SUBMIT.length()));
      // Help that is asked for is no mistake; anything else that picocli does not know is.
      Main.words().parseArgs(words.toArray(String[]::new));
      assertThat(words)
          .filteredOn(word -> word.startsWith("conf/"))
          .allSatisfy(recipe -> assertThat(HOME.resolve(recipe)).exists());
    }
  }

  /** The words of a command, without spark-submit's options, quotes and where its output goes. */
  private static List<String> words(String call) {
    List<String> words =
        new ArrayList<>(List.of(call.replaceAll(" > .*", "").replace("'", "").split("\\s+", -1)));
    while (words.get(0).equals("--master")) {
      words.subList(0, 2).clear();
    }
    return words;
  }

  @Test
  void lines_of_examples_fit_a_terminal() {
    every_command()
        .flatMap(command -> Stream.of(command.getCommandSpec().usageMessage().footer()))
        .forEach(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void a_shell_completes_commands_options_and_values(@TempDir Path folder)
      throws IOException, InterruptedException {
    CommandCall call = CommandCall.succeeding(List.of("completion"));
    Path script = Files.writeString(folder.resolve("completion"), call.out());
    assertThat(completed(script, "deploy/local/submit", "pre")).contains("prepare", "pretrain");
    assertThat(completed(script, "submit", "evaluate", "--pro")).contains("--protocol");
    assertThat(completed(script, "submit", "prepare", "--dataset", "utd"))
        .containsExactly("utd-mhad");
  }

  /** What bash offers for the last of some words. */
  private static List<String> completed(Path script, String... words)
      throws IOException, InterruptedException {
    List<String> call = new ArrayList<>(List.of("bash", "-c", COMPLETE, script.toString()));
    call.addAll(List.of(words));
    Process bash = new ProcessBuilder(call).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return out.lines().map(String::strip).toList();
  }
}
