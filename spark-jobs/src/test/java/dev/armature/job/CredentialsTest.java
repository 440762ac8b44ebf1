package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  private static final String KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  @TempDir private Path folder;

  private static void refuse(String argument, Map<String, String> environment) {
    Credentials.refuse(new String[] {"evaluate", "--run", argument}, environment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG@bucket/run",
        "s3a://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI%2FK7MDENG@bucket/run",
        "ftp://user:password@host/run",
        "--out=https://user:password@host:8080/run"
      })
  void an_address_with_a_password_is_refused_and_not_shown(String argument) {
    assertThatThrownBy(() -> refuse(argument, Map.of()))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("an address with a password")
        .hasMessageNotContainingAny("wJalr", "user:password@host", "AKIA");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hdfs://namenode:8020/runs/a@b",
        "abfss://container@account.dfs.core.windows.net/run",
        "s3a://bucket/runs/10:30@home",
        "file:///runs/nightly",
        "runs/2026-01-01",
        "data.path=hdfs://namenode:8020/data"
      })
  void addresses_without_a_password_pass(String argument) {
    assertThatCode(() -> refuse(argument, Map.of("AWS_SECRET_ACCESS_KEY", KEY)))
        .doesNotThrowAnyException();
  }

  @Test
  void the_value_of_a_secret_variable_is_refused_by_the_name_of_the_variable() {
    Map<String, String> environment =
        Map.of("AWS_SECRET_ACCESS_KEY", KEY, "DB_PASSWORD", "short", "HOME", "/home/somebody-else");
    assertThatThrownBy(() -> refuse("output.dir=runs/" + KEY, environment))
        .hasMessageContaining("environment variable AWS_SECRET_ACCESS_KEY")
        .hasMessageNotContaining("wJalr");
    assertThatCode(() -> refuse("runs/short", environment)).doesNotThrowAnyException();
    assertThatCode(() -> refuse("/home/somebody-else/runs", environment))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                refuse(
                    "/etc/hadoop/tokens/today",
                    Map.of("HADOOP_TOKEN_FILE_LOCATION", "/etc/hadoop/tokens/today")))
        .doesNotThrowAnyException();
  }

  @Test
  void a_configuration_that_refers_to_a_secret_is_refused_with_every_key() {
    Config config =
        ConfigFactory.parseString(
                "data.path = \"s3a://\"${AWS_SECRET_ACCESS_KEY}\nencoder.hidden = 8\noutput.dir = \"ftp://a:b@c/d\"")
            .resolveWith(ConfigFactory.parseMap(Map.of("AWS_SECRET_ACCESS_KEY", KEY)));
    assertThatThrownBy(() -> Credentials.refuse(config, Map.of("AWS_SECRET_ACCESS_KEY", KEY)))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContainingAll("data.path", "AWS_SECRET_ACCESS_KEY", "output.dir")
        .hasMessageNotContainingAny("wJalr", "a:b@c");
  }

  @Test
  void every_command_refuses_a_secret_before_any_work() throws IOException {
    CommandCall.assertRefused(
        List.of("prepare", "--source", "s3a://AKIA:abc@bucket/raw", "--out", "x"),
        "an address with a password");
    Path recipe = folder.resolve("recipe.conf");
    Files.writeString(recipe, "data.path = \"ftp://someone:hunter22@host/data\"");
    CommandCall call = CommandCall.of(List.of("pretrain", "--conf", recipe.toString()));
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.err()).contains("data.path").doesNotContain("hunter22");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include file(\"/etc/passwd\")",
        "include url(\"http://localhost:1/x.conf\")",
        "include classpath(\"reference.conf\")",
        "include \"neighbour.conf\"",
        "include required(file(\"/etc/passwd\"))",
        "data.path = ${HOME}",
        "data.path = ${?HOME}"
      })
  void a_run_of_someone_else_reads_nothing_but_its_own_file(String line) throws IOException {
    Files.writeString(folder.resolve("run.conf"), "train.epochs = 3\n" + line + "\n");
    assertThatThrownBy(
            () -> new RunFolder(folder.toString(), new Configuration()).readConfiguration())
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("pretrain and import write");
  }
}
