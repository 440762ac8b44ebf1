package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationFileTest {

  @Test
  void the_file_is_one_flat_object_with_percents_of_two_decimals() throws IOException {
    JsonNode read = new ObjectMapper().readTree(EvaluationFile.json(result()));

    assertThat(read.isObject()).isTrue();
    assertThat(read).allMatch(JsonNode::isValueNode);
    assertThat(read.fieldNames())
        .toIterable()
        .containsExactlyElementsOf(result().values().keySet());
    assertThat(read.get("knn.joint.top1").asText()).isEqualTo("83.33");
    assertThat(EvaluationFile.json(result())).contains("\"random-weights.knn.joint.top1\" : 20.00");
    assertThat(read.get("linear.joint.best-epoch").isInt()).isTrue();
    assertThat(read.get("knn.metric").asText()).isEqualTo("cosine");
  }

  @Test
  void a_file_that_is_there_is_replaced_and_nothing_else_is_left(@TempDir java.nio.file.Path folder)
      throws IOException {
    java.nio.file.Path file = folder.resolve("run").resolve(EvaluationFile.NAME);
    Path path = new Path(file.toUri());
    EvaluationFile.write(new EvaluationResult(Map.of("classes", 1)), path, new Configuration());

    EvaluationFile.write(result(), path, new Configuration());

    assertThat(Files.readString(file)).isEqualTo(EvaluationFile.json(result()));
    try (var files = Files.list(file.getParent())) {
      assertThat(files.map(found -> found.getFileName().toString()))
          .containsExactly(EvaluationFile.NAME);
    }
  }

  @Test
  void the_table_sets_trained_beside_random_weights() {
    assertThat(EvaluationTable.text(result()))
        .isEqualTo(
            """
            percent                                                trained  random weights  difference  top-5  mean over classes
            knn.joint                                                83.33           20.00      +63.33  95.00              81.00
            retrieval.joint.precision-at-5                           40.00
            one-shot.joint                                    50.00 ± 1.50
            linear.joint                                             70.00           75.50       -5.50
            linear.joint (best epoch, as the authors report)         71.25           76.00       -4.75
            geometric.knn                                            83.00
            classes: 27
            knn.metric: cosine
            """);
  }

  @Test
  void the_table_says_how_many_labels_there_were_where_there_was_but_a_part() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("linear.joint.top1", 70.0);
    values.put("semi-supervised.1-percent.labels", 27);
    values.put("semi-supervised.1-percent.joint.top1", 40.0);
    values.put("semi-supervised.1-percent.joint.top1-deviation", 2.5);
    values.put("semi-supervised.5-percent.labels", 27);
    values.put(
        "semi-supervised.5-percent.same-as", "1-percent: the same 27 labels, trained with once");
    values.put("semi-supervised.5-percent.joint.top1", 40.0);

    assertThat(EvaluationTable.text(new EvaluationResult(values)))
        .isEqualTo(
            """
            percent                               trained  random weights  difference  top-5  mean over classes  labels
            linear.joint                            70.00
            semi-supervised.1-percent.joint  40.00 ± 2.50                                                            27
            semi-supervised.5-percent.joint         40.00                                                            27
            semi-supervised.5-percent.same-as: 1-percent: the same 27 labels, trained with once
            """);
  }

  private static EvaluationResult result() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("knn.joint.top1", 250 / 3.0);
    values.put("knn.joint.top5", 95.0);
    values.put("knn.joint.mean-class", 81.0);
    values.put("retrieval.joint.precision-at-5", 40.0);
    values.put("one-shot.joint.top1", 50.0);
    values.put("one-shot.joint.top1-deviation", 1.5);
    values.put("linear.joint.top1", 70.0);
    values.put("linear.joint.best-epoch.top1", 71.25);
    values.put("linear.joint.best-epoch", 3);
    values.put("random-weights.knn.joint.top1", 20.0);
    values.put("random-weights.linear.joint.top1", 75.5);
    values.put("random-weights.linear.joint.best-epoch.top1", 76.0);
    values.put("random-weights.linear.joint.best-epoch", 2);
    values.put("geometric.knn.top1", 83.0);
    values.put("classes", 27);
    values.put("knn.metric", "cosine");
    return new EvaluationResult(values);
  }
}
