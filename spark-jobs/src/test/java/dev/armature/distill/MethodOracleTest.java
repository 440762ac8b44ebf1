package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method's terms and gradients against autograd's. */
class MethodOracleTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<String> cases() throws IOException {
    Stream.Builder<String> names = Stream.builder();
    JSON.readTree(MethodOracleTest.class.getResource("methods.json"))
        .fieldNames()
        .forEachRemaining(names);
    return names.build();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void terms_and_gradients_are_those_of_autograd(String name) throws IOException {
    JsonNode expected = JSON.readTree(getClass().getResource("methods.json")).get(name);
    int embedding = expected.get("embedding").asInt();
    DistillSettings settings = settings(expected);
    QueueSnapshot content =
        new QueueSnapshot(
            settings.queue(),
            embedding,
            0,
            JSON.convertValue(expected.get("queues"), float[][].class));
    List<Modality> modalities =
        List.of(Modality.values()).subList(0, expected.get("modalities").asInt());
    try (AlignedQueues queues = AlignedQueues.of(content);
        Objective objective = new Objective(settings, modalities, embedding, 2)) {
      StepLoss actual =
          objective.compute(
              JSON.convertValue(expected.get("queries"), float[][].class),
              JSON.convertValue(expected.get("keys"), float[][].class),
              queues,
              expected.get("batch").asInt());
      assertThat(actual.total())
          .isCloseTo(expected.get("total").asDouble(), within(1e-5 * actual.total()));
      assertThat(actual.terms()).hasSize(expected.get("terms").size());
      for (LossTerm term : actual.terms()) {
        double value = expected.get("terms").get(term.name()).asDouble();
        assertThat(term.value())
            .as(term.name())
            .isCloseTo(value, within(Math.max(1e-6, 1e-5 * value)));
      }
      for (int modality = 0; modality < modalities.size(); modality++) {
        double[] gradient =
            JSON.convertValue(expected.get("gradients").get(modality), double[].class);
        double greatest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
        assertThat(actual.gradients()[modality]).hasSize(gradient.length);
        for (int i = 0; i < gradient.length; i++) {
          assertThat((double) actual.gradients()[modality][i])
              .isCloseTo(gradient[i], within(1e-5 * greatest));
        }
      }
    }
  }

  private static DistillSettings settings(JsonNode json) {
    JsonNode mining = json.get("mining");
    JsonNode cluster = json.get("cluster");
    return new DistillSettings(
        Method.valueOf(json.get("method").asText()),
        json.get("queue").asInt(),
        json.get("neighbours").asInt(),
        json.get("weight").asDouble(),
        0.07,
        0.05,
        0.1,
        Topology.valueOf(json.get("topology").asText()),
        new MiningSettings(
            mining.get("positives").asInt(),
            MiningSettings.Form.valueOf(mining.get("form").asText()),
            mining.get("besideContrast").asBoolean()),
        new ClusterSettings(
            cluster.get("weight").asDouble(),
            cluster.get("most").asInt(),
            cluster.get("leastSimilarity").asDouble(),
            cluster.get("temperature").asDouble(),
            cluster.get("excludesNeighbours").asBoolean(),
            ClusterSettings.Teaches.valueOf(cluster.get("teaches").asText()),
            cluster.get("fromInstance").asDouble(),
            cluster.get("fromCluster").asDouble(),
            cluster.get("crossModal").asBoolean()));
  }
}
