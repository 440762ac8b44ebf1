package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AirflowDagTest {
  private static final String DAG = "deploy/yarn/nightly/armature_nightly.py";

  @TempDir private Path scratch;

  @Test
  void python_can_parse_the_dag() throws Exception {
    assumeTrue(
        Program.find("python3").isPresent(),
        "there is no python3 here: install one to have the DAG's syntax checked");
    Program compiled =
        Program.run(
            scratch,
            Map.of("PYTHONPYCACHEPREFIX", scratch.toString()),
            List.of("python3", "-m", "py_compile", Repository.path(DAG).toString()));
    assertThat(compiled.exitCode()).as(compiled.err()).isZero();
  }

  @Test
  void it_runs_the_nightly_script_one_night_at_a_time() {
    String dag = Repository.read(DAG);
    assertThat(dag).contains("{HOME}/deploy/yarn/nightly/run", "HOME = \"/opt/armature\"");
    assertThat(Repository.path("deploy/yarn/nightly/run")).isExecutable();
    assertThat(dag)
        .contains("catchup=False", "max_active_runs=1", "retries=3", "execution_timeout=")
        .contains("skip_on_exit_code=[2, 143]");
    assertThat(dag).contains("from airflow.sdk import DAG");
  }

  /** Modules of Airflow's names, as far as the DAG uses them; its operator ends as it is told. */
  private static final Map<String, String> STAND_INS =
      Map.of(
          "pendulum.py",
          "def datetime(*parts, tz): return parts\n",
          "airflow/__init__.py",
          "",
          "airflow/exceptions.py",
          """
          class AirflowException(Exception): pass
          class AirflowFailException(AirflowException): pass
          class AirflowSkipException(AirflowException): pass
          class AirflowTaskTimeout(BaseException): pass
          """,
          "airflow/sdk.py",
          """
          class DAG:
              def __init__(self, **settings): pass
              def __enter__(self): return self
              def __exit__(self, *raised): return False
          """,
          "airflow/providers/standard/operators/bash.py",
          """
          from airflow.exceptions import *
          made = []
          class BashOperator:
              def __init__(self, **settings):
                  self.settings, self.killed, self.code = settings, False, 0
                  made.append(self)
              def on_kill(self): self.killed = True
              def execute(self, context):
                  if self.code == "late": raise AirflowTaskTimeout("late")
                  if self.code in self.settings["skip_on_exit_code"]: raise AirflowSkipException(str(self.code))
                  if self.code: raise AirflowException(str(self.code))
                  return "done"
          """);

  @Test
  void a_mistake_and_a_deadline_are_not_tried_again() throws Exception {
    assumeTrue(
        Program.find("python3").isPresent(),
        "there is no python3 here: install one to have the DAG's operator tried");
    for (Map.Entry<String, String> module : STAND_INS.entrySet()) {
      Path file = scratch.resolve(module.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, module.getValue());
    }
    Path trial =
        Files.writeString(
            scratch.resolve("trial.py"),
            """
            import runpy, sys
            runpy.run_path(sys.argv[1])
            from airflow.providers.standard.operators.bash import made
            [task] = made
            for code in (0, 1, 2, 143, "late"):
                task.code = code
                try:
                    print(code, task.execute({}))
                except BaseException as raised:
                    print(code, type(raised).__name__)
            print("killed", task.killed)
            """);
    Program tried =
        Program.run(
            scratch,
            Map.of("PYTHONPYCACHEPREFIX", scratch.toString(), "PYTHONPATH", scratch.toString()),
            List.of("python3", trial.toString(), Repository.path(DAG).toString()));
    assertThat(tried.out().lines())
        .as(tried.err())
        .containsExactly(
            "0 done",
            "1 AirflowException",
            "2 AirflowFailException",
            "143 AirflowFailException",
            "late AirflowFailException",
            "killed True");
  }
}
