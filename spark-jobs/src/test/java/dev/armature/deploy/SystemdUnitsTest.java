package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdUnitsTest {
  private static final String FOLDER = "deploy/yarn/nightly/";
  private static final List<String> UNITS =
      List.of("armature-nightly.service", "armature-nightly.timer");

  @TempDir private Path scratch;

  private static Map<String, String> parse(String unit) {
    Map<String, String> settings = new TreeMap<>();
    String section = "";
    for (String line : Repository.read(FOLDER + unit).lines().toList()) {
      if (line.matches("\\[\\w+]")) {
        section = line;
      } else if (!line.isBlank() && !line.startsWith("#")) {
        int equals = line.indexOf('=');
        assertThat(equals).as(line).isPositive();
        assertThat(settings.put(section + line.substring(0, equals), line.substring(equals + 1)))
            .as(line)
            .isNull();
      }
    }
    return settings;
  }

  @Test
  void a_missed_night_is_made_up_for_and_an_attempt_has_a_deadline() {
    Map<String, String> timer = parse("armature-nightly.timer");
    assertThat(timer).containsEntry("[Timer]Persistent", "true");
    // A night is named by when it begins.
    assertThat(Repository.read(FOLDER + "nightly.env"))
        .contains(
            "\nARMATURE_START="
                + timer
                    .get("[Timer]OnCalendar")
                    .replaceFirst("^\\*-\\*-\\* (\\d\\d:\\d\\d):00$", "$1")
                + "\n");
    Map<String, String> service = parse("armature-nightly.service");
    assertThat(service).containsKeys("[Service]TimeoutStartSec", "[Service]User");
    // 143 is what the script returns when the deadline ends it, 2 a mistake.
    assertThat(service).containsEntry("[Service]RestartPreventExitStatus", "2 143");
    assertThat(service)
        .containsEntry("[Service]EnvironmentFile", "/etc/armature/nightly.env")
        .doesNotContainKey("[Service]Environment");
    Path called = Path.of(service.get("[Service]ExecStart"));
    assertThat(Repository.path(Path.of("/opt/armature").relativize(called).toString()))
        .isExecutable();
  }

  @Test
  void the_environment_file_sets_what_the_script_reads_and_no_secret() {
    Pattern assignment = Pattern.compile("([A-Z_]+)=(\\S+)");
    List<String> set = new ArrayList<>();
    for (String line : Repository.read(FOLDER + "nightly.env").lines().toList()) {
      if (!line.startsWith("#")) {
        Matcher matcher = assignment.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        set.add(matcher.group(1));
      }
    }
    String script = Repository.read(FOLDER + "run");
    assertThat(set)
        .contains("ARMATURE_RECIPE", "ARMATURE_DATA", "ARMATURE_RUNS")
        .filteredOn(name -> name.startsWith("ARMATURE_"))
        .allMatch(script::contains);
    assertThat(set).noneMatch(name -> name.matches(".*(SECRET|PASSWORD|TOKEN|ACCESS_KEY).*"));
  }

  @Test
  void systemd_accepts_the_units() throws Exception {
    assumeTrue(
        Program.find("systemd-analyze").isPresent(),
        "there is no systemd-analyze here: install systemd to have the units verified");
    List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify"));
    for (String unit : UNITS) {
      Path copy = scratch.resolve(unit);
      Files.writeString(
          copy,
          Repository.read(FOLDER + unit).replace("/opt/armature", Repository.ROOT.toString()));
      command.add(copy.toString());
    }
    Program verified = Program.run(scratch, Map.of(), command);
    assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
    assertThat(verified.err().lines()).noneMatch(line -> line.contains("armature-nightly"));
  }
}
