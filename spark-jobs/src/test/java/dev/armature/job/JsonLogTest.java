package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.SortedArrayStringMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lines of the log as JSON, which whatever collects logs can read. */
class JsonLogTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @AfterEach
  void forget() {
    System.clearProperty("armature.run");
    System.clearProperty("armature.round");
  }

  private static Configuration configuration(String name) {
    URI file = Path.of("..", "conf", name).toUri();
    try (LoggerContext context = new LoggerContext("test", null, file)) {
      Configuration configuration =
          ConfigurationFactory.getInstance().getConfiguration(context, "test", file);
      configuration.initialize();
      return configuration;
    }
  }

  private static JsonNode line(Map<String, String> ofThread, Throwable thrown) throws IOException {
    Layout<?> layout = configuration("log4j2-json.properties").getAppender("stderr").getLayout();
    SortedArrayStringMap context = new SortedArrayStringMap();
    ofThread.forEach(context::putValue);
    String text =
        new String(
            layout.toByteArray(
                Log4jLogEvent.newBuilder()
                    .setLoggerName("dev.armature.Test")
                    .setLevel(Level.WARN)
                    .setMessage(new SimpleMessage("two\nlines, \"quoted\""))
                    .setThrown(thrown)
                    .setContextData(context)
                    .setTimeMillis(1_767_650_400_250L)
                    .build()),
            StandardCharsets.UTF_8);
    assertThat(text.strip().lines()).hasSize(1);
    return JSON.readTree(text);
  }

  @Test
  void a_line_of_a_task_has_its_run_round_and_task() throws IOException {
    JsonNode line =
        line(
            Map.of("mdc.run", "night", "mdc.round", "41", "mdc.taskName", "task 3.0"),
            new IllegalStateException("why"));
    assertThat(line.path("run").asText()).isEqualTo("night");
    assertThat(line.path("round").asText()).isEqualTo("41");
    assertThat(line.path("task").asText()).isEqualTo("task 3.0");
    assertThat(line.path("level").asText()).isEqualTo("WARN");
    assertThat(line.path("loggerName").asText()).isEqualTo("dev.armature.Test");
    assertThat(line.path("message").asText()).isEqualTo("two\nlines, \"quoted\"");
    assertThat(line.path("thrown").toString()).contains("IllegalStateException", "why");
    assertThat(java.time.OffsetDateTime.parse(line.path("time").asText()).toInstant())
        .isEqualTo(java.time.Instant.ofEpochMilli(1_767_650_400_250L));
  }

  @Test
  void a_line_of_any_other_thread_has_those_of_the_process() throws IOException {
    assertThat(line(Map.of(), null).path("run").asText()).isEmpty();
    System.setProperty("armature.run", "night");
    System.setProperty("armature.round", "42");
    JsonNode line = line(Map.of(), null);
    assertThat(line.path("run").asText()).isEqualTo("night");
    assertThat(line.path("round").asText()).isEqualTo("42");
  }

  @Test
  void what_is_logged_is_what_is_logged_without_json() {
    Configuration usual = configuration("log4j2.properties");
    Configuration json = configuration("log4j2-json.properties");
    assertThat(json.getRootLogger().getLevel()).isEqualTo(usual.getRootLogger().getLevel());
    assertThat(json.getLoggers().keySet()).isEqualTo(usual.getLoggers().keySet());
    usual
        .getLoggers()
        .forEach(
            (name, logger) ->
                assertThat(json.getLoggerConfig(name).getLevel())
                    .as(name)
                    .isEqualTo(logger.getLevel()));
  }

  @Test
  void what_is_printed_to_standard_error_is_logged_by_lines() {
    List<String> logged = new ArrayList<>();
    try (PrintStream stream =
        new PrintStream(
            new LoggedErrors((level, line) -> logged.add(level + " " + line)),
            true,
            StandardCharsets.UTF_8)) {
      stream.print("armature: ");
      stream.println("größer");
      stream.println();
      LoggedErrors.at(org.slf4j.event.Level.ERROR, () -> stream.println("armature: why"));
      stream.printf("one%ntwo%nthree");
    }
    assertThat(logged)
        .containsExactly("INFO armature: größer", "ERROR armature: why", "INFO one", "INFO two");
  }
}
