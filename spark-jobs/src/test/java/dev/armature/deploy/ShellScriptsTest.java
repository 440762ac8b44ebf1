package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellScriptsTest {
  /** Where the build unpacks the one from Maven Central. */
  private static final Path UNPACKED =
      Path.of("target", "shellcheck", "shellcheck-bin", "Linux_x86_64", "shellcheck-v0.9.0")
          .resolve("shellcheck");

  @TempDir private Path scratch;

  @Test
  void every_script_can_be_parsed() throws Exception {
    List<Path> scripts = Repository.shellScripts();
    assertThat(scripts).hasSizeGreaterThan(4);
    for (Path script : scripts) {
      Program parsed = Program.run(scratch, Map.of(), List.of("bash", "-n", script.toString()));
      assertThat(parsed.exitCode()).as(parsed.err()).isZero();
    }
  }

  @Test
  void every_script_that_is_called_can_be_executed() {
    assertThat(Repository.shellScripts())
        .filteredOn(script -> !script.toString().endsWith(".sh"))
        .allMatch(Files::isExecutable);
  }

  @Test
  void shellcheck_has_nothing_to_say() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(shellcheck().toString());
    command.add("--shell=bash");
    command.add("--external-sources");
    command.add("--source-path=SCRIPTDIR");
    Repository.shellScripts().forEach(script -> command.add(script.toString()));
    Program checked = Program.run(scratch, Map.of(), command);
    assertThat(checked.exitCode()).as(checked.out() + checked.err()).isZero();
  }

  private Path shellcheck() throws IOException {
    if (Files.exists(UNPACKED) && System.getProperty("os.arch").equals("amd64")) {
      // Archives of Maven carry no permissions.
      Path executable = Files.copy(UNPACKED, scratch.resolve("shellcheck"));
      assertThat(executable.toFile().setExecutable(true)).isTrue();
      return executable;
    }
    assumeTrue(
        Program.find("shellcheck").isPresent(),
        "there is no shellcheck for this machine: install it (apt-get install shellcheck)");
    return Program.find("shellcheck").orElseThrow();
  }
}
