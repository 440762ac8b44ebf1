package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls of deploy/kubernetes/submit that are wrong by themselves: nothing is built for them. */
class KubernetesScriptTest {
  @TempDir private Path scratch;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --master yarn pretrain                                       | expected k8s://
          --master k8s://https://127.0.0.1:1 --deploy-mode client pretrain | expected cluster
          pretrain                                                     | There is no --master
          --name                                                       | --name needs a value
          """)
  void a_wrong_call_is_refused_with_what_was_expected(String call, String message)
      throws Exception {
    Program.script(scratch.resolve("path/kubectl"), "exit 1");
    Program refused =
        Program.run(
            scratch,
            Map.of(
                "PATH",
                scratch.resolve("path") + ":" + System.getenv("PATH"),
                "JAVA_HOME",
                System.getProperty("java.home")),
            Stream.concat(
                    Stream.of(Repository.path("deploy/kubernetes/submit").toString()),
                    Stream.of(call.split(" ", -1)))
                .toList());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains(message);
    assertThat(List.of(refused.err().split("\n", -1))).hasSizeLessThan(3);
  }
}
