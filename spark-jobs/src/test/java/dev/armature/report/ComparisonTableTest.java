package dev.armature.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {

  private static ComparedRun run(
      String name, long seed, double joint, double all, double random, double seconds) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("knn.joint.top1", joint);
    values.put("knn.three-stream.top1", all);
    values.put("linear.joint.top1", joint + 10);
    values.put("linear.joint.best-epoch.top1", joint + 11);
    values.put("linear.joint.best-epoch", 7);
    values.put("random-weights.knn.joint.top1", random);
    values.put("random-weights.knn.three-stream.top1", random + 1);
    values.put("geometric.knn.top1", 85.58);
    values.put("knn.metric", "cosine");
    return new ComparedRun(
        name,
        seed,
        name + seed,
        Optional.of(new EvaluationResult(values)),
        OptionalDouble.of(seconds),
        "");
  }

  private static ComparedRun unfinished(String name, long seed) {
    return new ComparedRun(
        name, seed, name + seed, Optional.empty(), OptionalDouble.empty(), "failed: it\ndiverged");
  }

  private static final List<ComparedRun> RUNS =
      List.of(
          run("A", 1, 60.0, 61.5, 17.0, 0.2),
          run("B|b", 1, 70.0, 71.0, 17.0, 0.3),
          run("A", 2, 64.0, 66.5, 19.0, 0.2),
          unfinished("B|b", 2),
          run("A", 3, 62.0, 64.0, 24.0, 0.2),
          unfinished("B|b", 3));

  private static final ComparisonTable TABLE =
      ComparisonTable.of(List.of("A", "B|b"), EnumSet.allOf(EvaluationProtocol.class), RUNS);

  @Test
  void a_sample_has_the_mean_and_the_deviation_with_one_degree_of_freedom_less() {
    // numpy: std([61.5, 66.5, 64.0], ddof=1) = 2.5; std([2, 4, 4, 4, 5, 5, 7, 9], ddof=1)
    assertThat(Sample.of(List.of(61.5, 66.5, 64.0))).isEqualTo(new Sample(3, 64.0, 2.5));
    Sample eight = Sample.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0));
    assertThat(eight.mean()).isEqualTo(5.0);
    assertThat(eight.deviation()).isCloseTo(2.138089935299395, offset(1e-12));
    assertThat(Sample.of(List.of(7.0)).text()).isEqualTo("7.00");
    assertThat(eight.text()).isEqualTo("5.00 ± 2.14");
    assertThatThrownBy(() -> Sample.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_row_has_the_finished_runs_of_its_case_and_time_relative_to_the_first() {
    assertThat(TABLE.measures())
        .containsExactly("knn.joint.top1", "knn.three-stream.top1", "linear.joint.top1");
    ComparisonTable.Row first = TABLE.rows().get(0);
    assertThat(first.accuracies().get("knn.three-stream.top1")).isEqualTo(new Sample(3, 64, 2.5));
    assertThat(first.relativeTime()).isEqualTo(1.0);
    ComparisonTable.Row second = TABLE.rows().get(1);
    assertThat(second.runs()).isEqualTo(1);
    assertThat(second.accuracies().get("knn.joint.top1").mean()).isEqualTo(70.0);
    assertThat(second.relativeTime()).isCloseTo(1.5, offset(1e-12));
  }

  @Test
  void random_weights_that_cases_share_make_one_row_and_geometry_one_figure() {
    assertThat(TABLE.baselines())
        .extracting(ComparisonTable.Row::name)
        .containsExactly("random weights", "geometric nearest neighbour");
    assertThat(TABLE.baselines().get(0).accuracies().get("knn.joint.top1").mean()).isEqualTo(20.0);
    assertThat(TABLE.baselines().get(1).accuracies())
        .isEqualTo(Map.of("knn.three-stream.top1", Sample.of(List.of(85.58))));
  }

  @Test
  void random_weights_that_differ_make_a_row_each() {
    ComparisonTable table =
        ComparisonTable.of(
            List.of("A", "B"),
            EnumSet.of(EvaluationProtocol.KNN),
            List.of(run("A", 1, 60, 61, 17, 0.2), run("B", 1, 60, 61, 18, 0.2)));
    assertThat(table.baselines())
        .extracting(ComparisonTable.Row::name)
        .startsWith("random weights (A)", "random weights (B)");
    assertThat(table.measures()).noneMatch(measure -> measure.startsWith("linear"));
  }

  private static ComparedRun streams(String name, Map<String, Double> figures) {
    Map<String, Object> values = new LinkedHashMap<>();
    figures.forEach((stream, figure) -> values.put("knn." + stream + ".top1", figure));
    figures.keySet().forEach(stream -> values.put("random-weights.knn." + stream + ".top1", 9.0));
    values.put("geometric.knn.top1", 85.58);
    return new ComparedRun(
        name, 1, name, Optional.of(new EvaluationResult(values)), OptionalDouble.of(0.1), "");
  }

  private static Map<String, Double> figures(Object... streamsAndFigures) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (int i = 0; i < streamsAndFigures.length; i += 2) {
      figures.put((String) streamsAndFigures[i], (Double) streamsAndFigures[i + 1]);
    }
    return figures;
  }

  private static final ComparisonTable OTHER_MODALITIES =
      ComparisonTable.of(
          List.of("two", "other two", "three", "one"),
          EnumSet.of(EvaluationProtocol.KNN),
          List.of(
              streams("two", figures("joint", 1.0, "motion", 2.0, "two-stream", 3.0)),
              streams("other two", figures("joint", 4.0, "bone", 5.0, "two-stream", 6.0)),
              streams(
                  "three", figures("joint", 7.0, "motion", 8.0, "bone", 9.0, "three-stream", 10.0)),
              streams("one", figures("joint", 11.0))));

  @Test
  void every_case_has_its_own_measure_of_all_streams_whatever_its_modalities() {
    assertThat(OTHER_MODALITIES.measures())
        .containsExactly(
            "knn.joint.top1",
            "knn.motion.top1",
            "knn.bone.top1",
            "knn.two-stream.top1",
            "knn.three-stream.top1");
    assertThat(OTHER_MODALITIES.rows())
        .extracting(row -> row.combined(EvaluationProtocol.KNN).orElseThrow())
        .containsExactly(
            "knn.two-stream.top1",
            "knn.two-stream.top1",
            "knn.three-stream.top1",
            "knn.joint.top1");
    Sample geometric = Sample.of(List.of(85.58));
    assertThat(OTHER_MODALITIES.baselines().get(4).accuracies())
        .isEqualTo(
            Map.of(
                "knn.two-stream.top1",
                geometric,
                "knn.three-stream.top1",
                geometric,
                "knn.joint.top1",
                geometric));
  }

  @Test
  void a_chart_has_a_bar_of_every_case_whatever_its_modalities() throws IOException {
    BufferedImage chart =
        ImageIO.read(
            new ByteArrayInputStream(
                ComparisonChart.png("Streams", OTHER_MODALITIES).orElseThrow()));
    // Runs of the series' blue in the row of pixels just above the axis, where every bar begins.
    int bars = 0;
    for (int y = 0; y < chart.getHeight() / 2; y++) {
      bars = Math.max(bars, runs(chart, chart.getHeight() / 2 + y));
    }
    assertThat(bars).isEqualTo(4 + 4 + 1);
  }

  private static int runs(BufferedImage image, int y) {
    int runs = 0;
    boolean inside = false;
    for (int x = 0; x < image.getWidth(); x++) {
      boolean blue = (image.getRGB(x, y) & 0xFFFFFF) == 0x0072B2;
      runs += blue && !inside ? 1 : 0;
      inside = blue;
    }
    return runs;
  }

  @Test
  void random_weights_of_most_cases_are_those_of_all_others() {
    ComparisonTable table =
        ComparisonTable.of(
            List.of("A", "B", "C"),
            EnumSet.of(EvaluationProtocol.KNN),
            List.of(
                run("A", 1, 60, 61, 17, 0.2),
                run("B", 1, 60, 61, 18, 0.2),
                run("C", 1, 60, 61, 17, 0.2)));
    assertThat(table.baselines())
        .extracting(ComparisonTable.Row::name)
        .startsWith("random weights (all other cases)", "random weights (B)");
  }

  @Test
  void markdown_has_every_cell_and_says_what_is_missing() {
    String text = ComparisonMarkdown.text("Two", "two.png", List.of("Seeds: 1, 2, 3"), TABLE, RUNS);
    assertThat(text)
        .contains("|  | kNN joint | kNN three-stream | linear joint | s/step | n |")
        .contains("| A | 62.00 ± 2.00 | 64.00 ± 2.50 | 72.00 ± 2.00 | 0.200 (1.00) | 3 |")
        .contains("| B\\|b | 70.00 | 71.00 | 80.00 | 0.300 (1.50) | 1 |")
        .contains("| geometric nearest neighbour |  | 85.58 |  |  | 1 |")
        .contains("- B|b, seed 2 (B|b2): failed: it diverged")
        .contains("![Two](two.png)", "- Seeds: 1, 2, 3");
  }

  @Test
  void csv_has_every_figure_of_every_run_and_quotes_what_needs_it() {
    List<ComparedRun> runs = List.of(run("A, b", 1, 60.0, 61.5, 17.0, 0.25), unfinished("C", 2));
    assertThat(ComparisonCsv.runs(runs).lines())
        .startsWith("case,seed,run,metric,value", "\"A, b\",1,\"A, b1\",knn.joint.top1,60.0")
        .contains(
            "\"A, b\",1,\"A, b1\",seconds-per-step,0.25", "\"A, b\",1,\"A, b1\",knn.metric,cosine");
    assertThat(ComparisonCsv.summary(TABLE).lines())
        .contains(
            "A,knn.three-stream.top1,3,64.0,2.5",
            "B|b,knn.joint.top1,1,70.0,",
            "random weights,knn.joint.top1,3,20.0,3.605551275463989");
  }

  @Test
  void a_chart_is_drawn_of_what_there_is_and_none_of_nothing() throws IOException {
    byte[] png = ComparisonChart.png("Two", TABLE).orElseThrow();
    assertThat(ImageIO.read(new ByteArrayInputStream(png)).getHeight()).isPositive();
    ComparisonTable nothing =
        ComparisonTable.of(
            List.of("A"), EnumSet.allOf(EvaluationProtocol.class), List.of(unfinished("A", 1)));
    assertThat(ComparisonChart.png("None", nothing)).isEmpty();
  }
}
