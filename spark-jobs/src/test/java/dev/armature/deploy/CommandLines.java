package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.job.Main;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Calls of Armature's command line. */
final class CommandLines {
  private CommandLines() {}

  static Map<String, CommandLine> commands() {
    return new CommandLine(Main.class).getSubcommands();
  }

  /**
   * @throws AssertionError if command or options are not there, or a key that is set is none
   */
  static void assertKnown(List<String> call) {
    assertThat(commands()).containsKey(call.get(0));
    CommandLine command = commands().get(call.get(0));
    for (int i = 1; i < call.size(); i++) {
      String word = call.get(i);
      if (word.startsWith("--")) {
        String option = word.split("=", 2)[0];
        assertThat(command.getCommandSpec().findOption(option))
            .as("%s of %s", option, call.get(0))
            .isNotNull();
        if (option.equals("--set") && i + 1 < call.size()) {
          String key = call.get(i + 1).replaceFirst("^[\"']", "").split("=", 2)[0];
          assertThat(ArmatureKeys.known()).contains(key);
        }
      } else if (word.matches("[a-z]+") && command.getSubcommands().containsKey(word)) {
        command = command.getSubcommands().get(word);
      }
    }
  }
}
