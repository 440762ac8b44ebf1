package dev.armature.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What a Prometheus makes of a scrape by the rules of {@code deploy/monitoring/prometheus.yaml}.
 */
final class PrometheusRules {
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{(.*)\\} (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  private final List<JsonNode> rules = new ArrayList<>();

  /**
   * A sample.
   *
   * @param labels without its name
   */
  record Sample(String name, Map<String, String> labels, double value) {}

  private PrometheusRules() {}

  /** The rules of a job. */
  static PrometheusRules of(String job) throws IOException {
    PrometheusRules found = new PrometheusRules();
    for (JsonNode each : yaml("prometheus.yaml").path("scrape_configs")) {
      if (each.path("job_name").asText().equals(job)) {
        each.path("metric_relabel_configs").forEach(found.rules::add);
      }
    }
    return found;
  }

  /** A file beside it, with what its anchors stand for. */
  static JsonNode yaml(String name) throws IOException {
    Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(text(name));
    return new ObjectMapper().valueToTree(tree);
  }

  static String text(String name) throws IOException {
    return Files.readString(Path.of("..", "deploy", "monitoring", name));
  }

  int size() {
    return rules.size();
  }

  /** Reads a scrape. */
  List<Sample> samples(String scrape) {
    return scrape.lines().map(this::sample).flatMap(Optional::stream).toList();
  }

  private Optional<Sample> sample(String line) {
    Matcher parts = SAMPLE.matcher(line);
    if (!parts.matches()) {
      throw new IllegalArgumentException("no sample: " + line);
    }
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("__name__", parts.group(1));
    Matcher label = LABEL.matcher(parts.group(2));
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    for (JsonNode rule : rules) {
      Pattern pattern = Pattern.compile(rule.path("regex").asText());
      if (rule.path("action").asText().equals("labeldrop")) {
        labels.keySet().removeIf(name -> pattern.matcher(name).matches());
        continue;
      }
      List<String> sources = new ArrayList<>();
      rule.path("source_labels").forEach(source -> sources.add(source.asText()));
      Matcher match =
          pattern.matcher(
              sources.stream()
                  .map(source -> labels.getOrDefault(source, ""))
                  .collect(Collectors.joining(";")));
      if (match.matches()) {
        if (rule.path("action").asText().equals("drop")) {
          return Optional.empty();
        }
        String replacement = rule.path("replacement").asText("${1}").replace("${1}", "$1");
        labels.put(rule.path("target_label").asText(), match.replaceAll(replacement));
      }
    }
    return Optional.of(
        new Sample(labels.remove("__name__"), labels, Double.parseDouble(parts.group(3))));
  }
}
