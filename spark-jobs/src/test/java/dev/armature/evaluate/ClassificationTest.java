package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClassificationTest {
  private static final float[] SCORES = {
    0.7f, 0.2f, 0.1f, 0, 0, 0, // 0, taken for 0
    0.1f, 0.5f, 0.3f, 0.1f, 0, 0, // 2, taken for 1
    0.1f, 0.5f, 0.3f, 0.1f, 0, 0, // 1, taken for 1
    0.3f, 0.3f, 0.1f, 0.2f, 0.05f, 0.05f, // 5, taken for 0: of two alike the lower
    0.3f, 0.3f, 0.1f, 0.2f, 0.05f, 0.05f, // 1, taken for 0
  };
  private static final int[] LABELS = {0, 2, 1, 5, 1};

  private final Classification answer = Classification.ofScores(SCORES, LABELS, 6);

  @Test
  void the_highest_score_is_the_answer_and_of_several_alike_the_lower_class() {
    assertThat(answer.predicted()).containsExactly(0, 1, 1, 0, 0);
    assertThat(answer.ranks()).containsExactly(0, 1, 0, 5, 1);
    assertThat(answer.top(1)).isEqualTo(40);
    assertThat(answer.top(5)).isEqualTo(80);
    assertThat(answer.top(6)).isEqualTo(100);
  }

  @Test
  void classes_without_test_sequences_have_no_accuracy_and_no_part_in_the_mean() {
    ClassFigures figures = answer.byClass();

    assertThat(figures.accuracy()).containsExactly(100.0, 50.0, 0.0, null, null, 0.0);
    assertThat(figures.meanAccuracy()).isEqualTo((100 + 50 + 0 + 0) / 4.0);
    assertThat(figures.confusion())
        .containsExactly(
            new ClassFigures.Confusion(0, 0, 1),
            new ClassFigures.Confusion(1, 0, 1),
            new ClassFigures.Confusion(1, 1, 1),
            new ClassFigures.Confusion(2, 1, 1),
            new ClassFigures.Confusion(5, 0, 1));
  }

  @Test
  void top_five_stands_where_there_are_more_than_five_classes() {
    Figures figures = new Figures();
    figures.classified("six", answer);
    figures.classified("three", Classification.ofScores(Arrays.copyOf(SCORES, 3), new int[1], 3));
    figures.drawn("drawn", List.of(answer, Classification.ofScores(SCORES, new int[5], 6)));

    Map<String, Object> values = figures.outcome(List.of(), Optional.empty()).result().values();

    assertThat(values)
        .containsEntry("six.top1", 40.0)
        .containsEntry("six.top5", 80.0)
        .containsEntry("six.mean-class", 37.5)
        .containsEntry("three.top1", 100.0)
        .doesNotContainKey("three.top5")
        .containsEntry("drawn.top1", 50.0)
        .containsEntry("drawn.top1-deviation", Math.sqrt(200))
        .containsKey("drawn.top5-deviation");
  }

  @Test
  void scores_that_are_no_numbers_are_no_answer() {
    float[] scores = {0.5f, Float.NaN, 0.1f};
    assertThatThrownBy(() -> Classification.ofScores(scores, new int[] {1}, 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("class 1", "diverged");
    float[] impossible = {0.5f, Float.NEGATIVE_INFINITY, 0.1f};
    assertThat(Classification.ofScores(impossible, new int[] {0}, 3).top(1)).isEqualTo(100);
  }

  @Test
  void the_file_holds_what_occurred_by_class() throws IOException {
    Figures figures = new Figures();
    figures.classified("knn.joint", answer);
    figures.drawn("one-shot.joint", List.of(answer, answer));
    List<String> names = List.of("a", "b", "c", "d", "e", "f");

    String text = figures.outcome(names, Optional.empty()).classes().json();
    JsonNode read = new ObjectMapper().readTree(text);

    assertThat(read.get("classes")).extracting(JsonNode::asText).containsExactlyElementsOf(names);
    assertThat(read.get("measures").get("knn.joint").get("confusion").toString())
        .isEqualTo("[[0,0,1],[1,0,1],[1,1,1],[2,1,1],[5,0,1]]");
    assertThat(text).contains("\"accuracy\":[100.00,50.00,0.00,null,null,0.00]");
    assertThat(read.get("measures").get("one-shot.joint").get("confusion").toString())
        .isEqualTo("[[0,0,2],[1,0,2],[1,1,2],[2,1,2],[5,0,2]]");
  }
}
