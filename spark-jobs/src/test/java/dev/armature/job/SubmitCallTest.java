package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmitCallTest {
  @TempDir private Path folder;

  private static SubmitCall parse(String... options) {
    return SubmitCall.parse(
        Stream.concat(
                Stream.of(options),
                Stream.of(
                    "--class",
                    "dev.armature.job.Main",
                    "hdfs:///a.jar",
                    "pretrain",
                    "--conf",
                    "r.conf"))
            .toList());
  }

  @Test
  void options_of_spark_and_of_the_command_are_told_apart() {
    SubmitCall call =
        parse("--master", "spark://host:7077", "--deploy-mode", "cluster", "--conf", "spark.a=one");
    assertThat(call.command()).containsExactly("pretrain", "--conf", "r.conf");
    assertThat(call.inCluster()).isTrue();
    assertThat(call.properties()).containsEntry("spark.a", "one");
    assertThat(call.with(List.of("--files", "r.conf"), List.of("pretrain")))
        .containsExactly(
            "--master",
            "spark://host:7077",
            "--deploy-mode",
            "cluster",
            "--conf",
            "spark.a=one",
            "--class",
            "dev.armature.job.Main",
            "--files",
            "r.conf",
            "hdfs:///a.jar",
            "pretrain");
  }

  @Test
  void options_win_over_the_properties_file() throws IOException {
    Path file =
        Files.writeString(folder.resolve("spark.conf"), "spark.a one\nspark.b one\nspark.b two\n");
    SubmitCall call =
        parse(
            "--master", "local[1]", "--properties-file", file.toString(), "--conf", "spark.a=two");
    assertThat(call.properties()).containsEntry("spark.a", "two").containsEntry("spark.b", "two");
    assertThat(call.inCluster()).isFalse();
  }

  @Test
  void an_unknown_option_is_refused() {
    assertThatThrownBy(() -> parse("--executors", "4"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("--executors");
  }

  @Test
  void a_check_finds_what_is_wrong_and_runs_nothing() {
    Configuration hadoop = new Configuration(false);
    String nowhere = folder.resolve("nowhere").toString();
    assertThat(Main.check(hadoop, List.of("pretrain", "--set", "train.batch=0"), true)).hasValue(2);
    assertThat(Main.check(hadoop, List.of("pretrain", "--unknown"), true)).hasValue(2);
    assertThat(Main.check(hadoop, List.of(), true)).hasValue(2);
    assertThat(Main.check(hadoop, List.of("bench"), true)).hasValue(2);
    CommandCall help =
        CommandCall.capturing(
            () -> Main.check(hadoop, List.of("pretrain", "--help"), true).orElseThrow());
    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).containsOnlyOnce("Usage: armature pretrain");
    assertThat(Main.check(hadoop, List.of("evaluate", "--run", nowhere, "--data", nowhere), true))
        .hasValue(2);
    assertThat(
            Main.check(
                hadoop, List.of("prepare", "--dataset", "synthetic", "--out", nowhere), true))
        .isEmpty();
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }
}
