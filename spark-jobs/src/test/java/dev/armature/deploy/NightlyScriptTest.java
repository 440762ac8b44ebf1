package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The nightly script, beside a submit and on a cluster that only write down how they are called.
 */
class NightlyScriptTest {
  @TempDir private Path scratch;
  private final Map<String, String> environment = new HashMap<>();
  private Path script;
  private Path calls;
  private Path running;

  @BeforeEach
  void put_up_a_cluster() throws IOException {
    Path deploy = scratch.resolve("home/deploy/yarn");
    calls = scratch.resolve("calls");
    running = scratch.resolve("running");
    script = deploy.resolve("nightly/run");
    Files.createDirectories(script.getParent());
    Files.copy(Repository.path("deploy/yarn/nightly/run"), script);
    submits("exit 0");
    Path path = scratch.resolve("path");
    Program.script(
        path.resolve("yarn"),
        // A JVM does not start in a folder that is gone.
        "cd . 2>/dev/null || exit 1",
        "[[ $2 == -kill ]] && { echo \"kill $3\" >>'" + calls + "'; rm -f '" + running + "'; }",
        "[[ $2 == -list && $4 == armature-* && -f '" + running + "' ]] &&",
        "  printf 'Total number of applications :1\\napplication_1_0001  pretrain  SPARK\\n'",
        "exit 0");
    List<String> nights =
        IntStream.rangeClosed(1, 5).mapToObj(day -> "/runs/2026-01-0" + day).toList();
    Program.script(
        path.resolve("hadoop"),
        "[[ $2 == -rm ]] && echo \"remove $4\" >>'" + calls + "'",
        "[[ $2 == -ls ]] && printf '%s\\n' /runs/long " + String.join(" ", nights),
        "exit 0");
    environment.put("PATH", path + ":" + System.getenv("PATH"));
    environment.put("ARMATURE_RECIPE", "recipe.conf");
    environment.put("ARMATURE_DATA", "hdfs:///data");
    environment.put("ARMATURE_RUNS", "/runs");
    environment.put("ARMATURE_RUN", "2026-01-05");
    environment.put("ARMATURE_KEEP", "3");
  }

  private void submits(String then) throws IOException {
    Program.script(
        scratch.resolve("home/deploy/yarn/submit"), "echo \"submit $*\" >>'" + calls + "'", then);
  }

  private Program call() throws Exception {
    return Program.run(scratch, environment, List.of(script.toString()));
  }

  private List<String> calls() throws IOException {
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  @Test
  void a_night_resumes_in_its_own_folder_and_old_nights_are_removed_when_it_went_well()
      throws Exception {
    assertThat(call().exitCode()).isZero();
    assertThat(calls())
        .containsExactly(
            "submit --conf spark.yarn.tags=%s --name armature pretrain 2026-01-05"
                    .formatted(tag("/runs/2026-01-05"))
                + " pretrain --resume --conf recipe.conf --set data.path=hdfs:///data"
                + " --set output.dir=/runs/2026-01-05",
            "remove /runs/2026-01-01",
            "remove /runs/2026-01-02");
  }

  private static String tag(String folder) {
    return "%s-%s"
        .formatted(
            "armature-" + folder.substring(folder.lastIndexOf('/') + 1),
            DigestUtils.sha256Hex(folder).substring(0, 12));
  }

  @Test
  void an_attempt_that_fails_removes_nothing_and_ends_what_it_left_behind() throws Exception {
    submits("touch '" + running + "'; exit 1");
    Program failed = call();
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(calls()).hasSize(2).last().isEqualTo("kill application_1_0001");
  }

  @Test
  void what_an_earlier_attempt_left_running_is_ended_before_the_next_begins() throws Exception {
    Files.createFile(running);
    assertThat(call().exitCode()).isZero();
    assertThat(calls().get(0)).isEqualTo("kill application_1_0001");
    assertThat(calls().get(1)).startsWith("submit ");
  }

  @Test
  void where_yarn_does_not_answer_nothing_is_submitted_beside_what_may_be_running()
      throws Exception {
    Program.script(scratch.resolve("path/yarn"), "echo 'no route to host' >&2", "exit 1");
    Program failed = call();
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err())
        .contains("no route to host", "YARN does not say what is running", "armature-2026-01-05");
    assertThat(calls()).isEmpty();
  }

  @Test
  void at_the_deadline_the_application_is_ended_though_its_caller_has_gone() throws Exception {
    submits("touch '" + running + "'; exec sleep 300");
    Path caller = Files.createDirectory(scratch.resolve("caller"));
    ProcessBuilder builder =
        new ProcessBuilder(script.toString()).redirectErrorStream(true).directory(caller.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(running) && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    Files.delete(caller);
    process.getInputStream().close();
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(calls()).last().isEqualTo("kill application_1_0001");
  }

  @Test
  void a_wrong_call_is_told_in_full_and_starts_nothing() throws Exception {
    environment.put("ARMATURE_RUNS", "");
    environment.put("ARMATURE_RUN", "../elsewhere");
    environment.put("ARMATURE_KEEP", "0");
    Program wrong = call();
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("ARMATURE_RUNS is not set", "'../elsewhere'", "ARMATURE_KEEP is '0'");
    assertThat(calls()).isEmpty();
  }

  @Test
  void a_mistake_that_submit_finds_keeps_its_exit_code() throws Exception {
    submits("exit 2");
    assertThat(call().exitCode()).isEqualTo(2);
    assertThat(new ArrayList<>(calls())).hasSize(1);
  }

  /** A clock that stands still. */
  private void now(String time) throws IOException {
    environment.remove("ARMATURE_RUN");
    Program.script(
        scratch.resolve("path/date"),
        "PATH=" + System.getenv("PATH"),
        "if [[ $1 == +* ]]; then exec date --date='"
            + time
            + "' \"$@\"; else exec date \"$@\"; fi");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-05 22:00, 22:00, 2026-01-05",
    "2026-01-05 23:59, 22:00, 2026-01-05",
    "2026-01-06 02:30, 22:00, 2026-01-05",
    // Made up for after a day without the machine: not the next night's folder.
    "2026-01-06 13:00, 22:00, 2026-01-05",
    "2026-01-06 21:59, 22:00, 2026-01-05",
    "2026-01-06 22:00, 22:00, 2026-01-06",
    "2026-03-01 01:00, 22:00, 2026-02-28",
    "2026-01-06 01:00, 01:00, 2026-01-06",
    "2026-01-06 00:59, 01:00, 2026-01-05"
  })
  void a_night_has_the_date_on_which_it_began_however_late_it_is_made_up_for(
      String time, String start, String night) throws Exception {
    now(time);
    environment.put("ARMATURE_START", start);
    Program done = call();
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(calls().get(0)).endsWith("output.dir=/runs/" + night);
  }

  @Test
  void a_night_can_be_named_and_other_options_go_to_spark() throws Exception {
    now("2026-01-06 13:00");
    Program done =
        Program.run(
            scratch,
            environment,
            List.of(script.toString(), "--night", "2026-01-02", "--queue", "nightly"));
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(calls().get(0))
        .contains(" --queue nightly pretrain --resume")
        .endsWith("output.dir=/runs/2026-01-02");
    assertThat(calls().subList(1, calls().size()))
        .as("the night that was made up for stays")
        .containsExactly("remove /runs/2026-01-01");
  }

  @Test
  void nights_of_other_folders_are_other_applications() throws Exception {
    assertThat(call().exitCode()).isZero();
    environment.put("ARMATURE_RUNS", "/runs/of-others");
    assertThat(call().exitCode()).isZero();
    assertThat(calls().stream().filter(line -> line.startsWith("submit ")))
        .satisfiesExactly(
            one -> assertThat(one).contains("tags=" + tag("/runs/2026-01-05") + " "),
            other -> assertThat(other).contains("tags=" + tag("/runs/of-others/2026-01-05") + " "));
  }

  @Test
  void a_night_or_a_time_that_is_none_is_refused() throws Exception {
    environment.put("ARMATURE_START", "10pm");
    Program wrong =
        Program.run(scratch, environment, List.of(script.toString(), "--night", "2026-02-30"));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("--night is '2026-02-30'", "ARMATURE_START is '10pm'");
    assertThat(calls()).isEmpty();
  }

  private Path kerberos(String kinit) throws IOException {
    Path keytab = Files.createFile(scratch.resolve("armature.keytab"));
    environment.put("ARMATURE_PRINCIPAL", "armature@EXAMPLE.COM");
    environment.put("ARMATURE_KEYTAB", keytab.toString());
    environment.put("KRB5CCNAME", "FILE:/of/whoever/is/logged/in");
    Program.script(
        scratch.resolve("path/kinit"),
        "echo \"kinit $*\" >>'" + calls + "'",
        "echo \"$KRB5CCNAME\" >'" + scratch.resolve("cache") + "'",
        kinit);
    return keytab;
  }

  @Test
  void with_a_keytab_it_logs_in_before_yarn_is_asked_for_anything() throws Exception {
    Path keytab = kerberos("touch '" + scratch.resolve("ticket") + "'");
    Path yarn = scratch.resolve("path/yarn");
    Files.move(yarn, scratch.resolve("path/yarn-with-ticket"));
    Program.script(
        yarn,
        "[[ -f '" + scratch.resolve("ticket") + "' ]] || { echo 'no ticket' >&2; exit 1; }",
        "exec yarn-with-ticket \"$@\"");
    Program done = call();
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(calls().get(0)).isEqualTo("kinit -k -t " + keytab + " armature@EXAMPLE.COM");
    assertThat(calls().get(1))
        .startsWith("submit ")
        .contains(" --principal armature@EXAMPLE.COM --keytab " + keytab + " pretrain ");
    String cache = Files.readString(scratch.resolve("cache")).strip();
    assertThat(cache).startsWith("FILE:").doesNotContain("logged/in");
    assertThat(Path.of(cache.substring("FILE:".length())).getParent()).doesNotExist();
  }

  @Test
  void who_cannot_log_in_fails_and_may_be_called_again() throws Exception {
    kerberos("exit 1");
    Program failed = call();
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err()).contains("armature@EXAMPLE.COM could not log in");
    assertThat(calls()).singleElement().asString().startsWith("kinit");
  }

  @Test
  void a_keytab_without_its_principal_or_that_is_not_there_is_refused() throws Exception {
    kerberos("exit 0");
    environment.remove("ARMATURE_PRINCIPAL");
    environment.put("ARMATURE_KEYTAB", scratch.resolve("nothing").toString());
    Program wrong = call();
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("ARMATURE_PRINCIPAL is not", "nothing', a file that");
    assertThat(calls()).isEmpty();
  }
}
