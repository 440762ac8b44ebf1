package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The discovery script, with nothing on the PATH but what a test puts there. */
class GpuDiscoveryTest {
  private static final String SCRIPT = Repository.path("docker/gpu-discovery").toString();

  @TempDir private Path scratch;
  private Path path;

  @BeforeEach
  void hide_this_machine() throws IOException {
    path = Files.createDirectory(scratch.resolve("path"));
    Files.createSymbolicLink(path.resolve("bash"), Program.find("bash").orElseThrow());
  }

  private String discover() throws Exception {
    Program program = Program.run(scratch, Map.of("PATH", path.toString()), List.of(SCRIPT));
    assertThat(program.exitCode()).isZero();
    assertThat(program.err()).isEmpty();
    assertThat(program.out().lines()).hasSize(1);
    return program.out().strip();
  }

  @Test
  void without_a_driver_there_are_no_gpus() throws Exception {
    assertThat(discover()).isEqualTo("{\"name\":\"gpu\",\"addresses\":[]}");
  }

  @Test
  void a_driver_that_fails_has_no_gpus_whatever_it_says() throws Exception {
    Program.script(
        path.resolve("nvidia-smi"), "echo 0", "echo 'Unable to determine' >&2", "exit 9");
    assertThat(discover()).isEqualTo("{\"name\":\"gpu\",\"addresses\":[]}");
    Program.script(path.resolve("nvidia-smi"), "echo 'No devices were found'", "exit 0");
    assertThat(discover()).isEqualTo("{\"name\":\"gpu\",\"addresses\":[]}");
  }

  @Test
  void spark_reads_the_gpus_that_the_driver_lists() throws Exception {
    Program.script(
        path.resolve("nvidia-smi"),
        "[[ $1 == --query-gpu=index && $2 == --format=csv,noheader ]] || exit 2",
        "printf '0\\n1\\n10\\n'");
    ResourceInformation found = ResourceInformation.parseJson(discover());
    assertThat(found.name()).isEqualTo("gpu");
    assertThat(new ArrayList<>(List.of(found.addresses()))).containsExactly("0", "1", "10");
  }

  private static List<String> filesSent(Path scratch, String defaults, String options)
      throws Exception {
    Path file = Files.writeString(scratch.resolve("spark.conf"), defaults);
    Program sent =
        Program.run(
            scratch,
            Map.of(),
            List.of(
                "bash",
                "-euo",
                "pipefail",
                "-c",
                "source \"$1\"; defaults=$2; options=(%s); send_gpu_discovery; printf '%%s\\n' ${options[@]+\"${options[@]}\"}"
                    .formatted(options),
                "bash",
                Repository.path("deploy/lib/submit.sh").toString(),
                file.toString()));
    assertThat(sent.exitCode()).as(sent.err()).isZero();
    return sent.out().strip().lines().toList();
  }

  @Test
  void it_is_sent_to_executors_on_yarn_where_their_settings_name_it() throws Exception {
    String settings = Repository.read("conf/spark-yarn-gpu.conf");
    assertThat(Repository.read("deploy/yarn/submit")).contains("\nsend_gpu_discovery\n");
    assertThat(filesSent(scratch, settings, ""))
        .hasSize(2)
        .startsWith("--files")
        .last()
        .satisfies(sent -> assertThat(Path.of(sent)).isExecutable());
    assertThat(filesSent(scratch, settings, "--files a --queue b"))
        .hasSize(4)
        .startsWith("--files")
        .endsWith("--queue", "b")
        .element(1)
        .asString()
        .matches("a,.*docker/gpu-discovery");
    assertThat(filesSent(scratch, "spark.executor.memory 1g\n", "--queue b"))
        .containsExactly("--queue", "b");
  }
}
