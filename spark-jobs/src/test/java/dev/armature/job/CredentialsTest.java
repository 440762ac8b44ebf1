package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
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

  private static SubmitCall call(
      String master, List<String> options, Map<String, String> properties) {
    return new SubmitCall(
        options, "armature.jar", List.of("pretrain"), master, true, Optional.empty(), properties);
  }

  private static void refuseOptions(List<String> options) {
    Credentials.refuse(call("yarn", options, Map.of()));
  }

  private static void refuseOnKubernetes(List<String> options, Map<String, String> properties) {
    Credentials.refuse(call("k8s://https://api:6443", options, properties));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.authenticate.secret=%s",
        "spark.ssl.keyPassword=%s",
        "spark.ssl.keyStorePassword=%s",
        "spark.hadoop.fs.s3a.access.key=%s",
        "spark.hadoop.fs.s3a.secret.key=%s",
        "spark.hadoop.fs.s3a.session.token=%s",
        "spark.hadoop.fs.azure.account.key.store.dfs.core.windows.net=%s",
        "spark.kubernetes.authenticate.submission.oauthToken=%s",
        "spark.executorEnv.AWS_SECRET_ACCESS_KEY=%s",
        "spark.yarn.appMasterEnv.DB_PASSWORD=%s"
      })
  void a_secret_among_spark_s_options_is_refused_by_its_key_and_not_shown(String setting) {
    String key = setting.substring(0, setting.indexOf('='));
    String given = setting.formatted(KEY);
    for (List<String> options :
        List.of(
            List.of("--master", "yarn", "--conf", given),
            List.of("--conf=" + given),
            List.of("-c", given, "--class", "a.Main"))) {
      assertThatThrownBy(() -> refuseOptions(options))
          .isInstanceOf(UserMistakeException.class)
          .hasMessageContainingAll("--conf " + key, "--properties-file", "credential provider")
          .hasMessageNotContaining(KEY);
    }
  }

  @Test
  void a_password_among_options_of_a_jvm_is_refused_too() {
    String options =
        "-Xss4m -Djavax.net.ssl.trustStorePassword=%1$s -Djavax.net.ssl.keyStore=a.p12";
    for (List<String> call :
        List.of(
            List.of("--driver-java-options", options.formatted(KEY)),
            List.of("--conf", "spark.executor.extraJavaOptions=" + options.formatted(KEY)))) {
      assertThatThrownBy(() -> refuseOptions(call))
          .isInstanceOf(UserMistakeException.class)
          .hasMessageContainingAll("-Djavax.net.ssl.trustStorePassword", "@FILE")
          .hasMessageNotContainingAny(KEY, "javax.net.ssl.keyStore,", "--properties-file");
    }
  }

  @Test
  void on_kubernetes_a_secret_in_a_file_of_settings_is_refused_since_its_config_map_shows_it() {
    Map<String, String> settings =
        Map.of(
            "spark.hadoop.fs.s3a.secret.key",
            KEY,
            "spark.driver.extraJavaOptions",
            "-Xss4m -Djavax.net.ssl.keyStorePassword=\"%s\"".formatted(KEY));
    assertThatThrownBy(() -> refuseOnKubernetes(List.of("--master", "k8s://x"), settings))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContainingAll(
            "ConfigMap: spark.hadoop.fs.s3a.secret.key, -Djavax.net.ssl.keyStorePassword",
            "spark.kubernetes.driver.secretKeyRef",
            "@FILE")
        .hasMessageNotContainingAny(KEY, "on the command line, where");
    assertThatCode(() -> Credentials.refuse(call("yarn", List.of(), settings)))
        .doesNotThrowAnyException();
  }

  @Test
  void on_kubernetes_no_file_of_settings_is_advised() {
    String setting = "spark.authenticate.secret=" + KEY;
    assertThatThrownBy(
            () ->
                refuseOnKubernetes(
                    List.of("--conf", setting), Map.of("spark.authenticate.secret", KEY)))
        .hasMessageContainingAll(
            "on the command line", "--conf spark.authenticate.secret", "a Kubernetes secret")
        .hasMessageNotContainingAny(KEY, "--properties-file");
  }

  @Test
  void on_kubernetes_the_settings_of_this_repository_pass_and_so_does_a_token_that_is_blacked_out()
      throws IOException {
    Map<String, String> settings = new HashMap<>();
    try (Reader file = Files.newBufferedReader(Path.of("../conf/spark-kubernetes.conf"))) {
      Properties properties = new Properties();
      properties.load(file);
      properties.forEach((key, value) -> settings.put(key.toString(), value.toString()));
    }
    settings.put("spark.kubernetes.authenticate.submission.oauthToken", KEY);
    settings.put("spark.kubernetes.kerberos.tokenSecret.itemKey", "hadoop-token");
    settings.put("spark.hadoop.dfs.block.access.token.enable", "true");
    assertThat(settings).containsKey("spark.authenticate.secret.driver.file");
    assertThatCode(() -> refuseOnKubernetes(List.of(), settings)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.authenticate.secret.driver.file=/etc/armature/rpc/secret",
        "spark.authenticate.secretBitLength=256",
        "spark.kubernetes.driver.secrets.armature-rpc=/etc/armature/rpc",
        "spark.kubernetes.executor.secretKeyRef.AWS_SECRET_ACCESS_KEY=armature-storage:secret-key",
        "spark.kubernetes.authenticate.oauthTokenFile=/var/run/token",
        "spark.hadoop.hadoop.security.credential.provider.path=jceks://hdfs/keys.jceks",
        "spark.hadoop.fs.s3a.aws.credentials.provider=com.amazonaws.auth.Environment",
        "spark.security.credentials.hive.enabled=false",
        "spark.ssl.keyStore=/etc/keys.p12",
        "spark.kerberos.keytab=/etc/armature.keytab",
        "spark.driver.extraJavaOptions=-Djavax.net.ssl.trustStore=/etc/trust.p12",
        "spark.executor.memory=10g",
        "spark.ssl.keyPassword="
      })
  void where_a_secret_is_may_be_said(String setting) {
    assertThatCode(() -> refuseOptions(List.of("--conf", setting))).doesNotThrowAnyException();
    assertThatCode(() -> refuseOptions(List.of("--keytab", "/etc/password.keytab")))
        .doesNotThrowAnyException();
  }
}
