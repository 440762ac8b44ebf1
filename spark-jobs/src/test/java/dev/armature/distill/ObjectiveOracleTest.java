package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectiveOracleTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<String> cases() throws IOException {
    Stream.Builder<String> names = Stream.builder();
    JSON.readTree(ObjectiveOracleTest.class.getResource("losses.json"))
        .fieldNames()
        .forEachRemaining(names);
    return names.build();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void losses_and_gradients_are_those_of_autograd(String name) throws IOException {
    JsonNode expected = JSON.readTree(getClass().getResource("losses.json")).get(name);
    int queue = expected.get("queue").asInt();
    int embedding = expected.get("embedding").asInt();
    int batch = expected.get("batch").asInt();
    DistillSettings settings =
        new DistillSettings(
            Method.CMD,
            queue,
            expected.get("neighbours").asInt(),
            expected.get("weight").asDouble(),
            0.07,
            0.05,
            0.1);
    float[][] queries = JSON.convertValue(expected.get("queries"), float[][].class);
    float[][] keys = JSON.convertValue(expected.get("keys"), float[][].class);
    QueueSnapshot content =
        new QueueSnapshot(
            queue, embedding, 0, JSON.convertValue(expected.get("queues"), float[][].class));
    List<Modality> modalities = List.of(Modality.values()).subList(0, keys.length);
    try (AlignedQueues queues = AlignedQueues.of(content);
        Objective objective = new Objective(settings, modalities, embedding, 2)) {
      StepLoss actual = objective.compute(queries, keys, queues, batch);
      assertClose(expected.get("total").asDouble(), actual.total());
      for (int a = 0; a < keys.length; a++) {
        assertClose(expected.get("contrastive").get(a).asDouble(), Losses.contrastive(actual)[a]);
        for (int b = 0; b < keys.length; b++) {
          assertClose(
              expected.get("distillation").get(a).get(b).asDouble(),
              Losses.distillation(actual)[a][b]);
        }
        double[] gradient = JSON.convertValue(expected.get("gradients").get(a), double[].class);
        double greatest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < gradient.length; i++) {
          assertThat((double) actual.gradients()[a][i])
              .isCloseTo(gradient[i], within(1e-5 * greatest));
        }
      }
    }
  }

  /** To a hundred-thousandth of the value; a vanishing one, to what float exponents leave. */
  private static void assertClose(double expected, double actual) {
    assertThat(actual).isCloseTo(expected, within(Math.max(1e-6, 1e-5 * Math.abs(expected))));
  }
}
