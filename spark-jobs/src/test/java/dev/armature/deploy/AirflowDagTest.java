package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
        .contains("catchup=False", "max_active_runs=1", "retries=3", "execution_timeout=");
    assertThat(dag).contains("from airflow.sdk import DAG");
  }
}
