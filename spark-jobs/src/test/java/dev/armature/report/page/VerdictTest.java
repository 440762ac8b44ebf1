package dev.armature.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.evaluate.EvaluationResult;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {

  @Test
  void a_difference_beyond_chance_is_called_better_or_worse() {
    // Standard error of the difference: √(2 · 60 · 40 / 1000) = 2.19 points.
    assertThat(verdict(64.5, 60, 1000))
        .isEqualTo(
            new Verdict(
                Verdict.Tone.BETTER,
                "Better by 4.50 points: knn.three-stream 64.50 % after 60.00 % in the last run, monday."));
    assertThat(verdict(55.5, 60, 1000).tone()).isEqualTo(Verdict.Tone.WORSE);
    assertThat(verdict(55.5, 60, 1000).text()).startsWith("Worse by 4.50 points");
  }

  @Test
  void what_the_test_split_is_too_small_to_show_is_not_called_a_difference() {
    Verdict verdict = verdict(64.5, 60, 100);
    assertThat(verdict.tone()).isEqualTo(Verdict.Tone.ALIKE);
    assertThat(verdict.text()).contains("as far as 100 test sequences can tell: +4.50 points");
    assertThat(verdict(60, 60, 100).tone()).isEqualTo(Verdict.Tone.ALIKE);
  }

  @Test
  void runs_with_no_figure_in_common_are_not_compared() {
    EvaluationResult none = new EvaluationResult(Map.of("linear.joint.top1", 50.0));
    assertThat(Verdict.of(RunFiles.evaluation(50, 10), none, "monday")).isEmpty();
    assertThat(Verdict.of(none, RunFiles.evaluation(50, 10), "monday")).isEmpty();
  }

  @Test
  void figures_of_other_data_or_other_settings_are_not_compared() {
    Map<String, Object> values = new HashMap<>(RunFiles.evaluation(50, 10).values());
    values.put("comparable.sha256", "other");
    EvaluationResult other = new EvaluationResult(values);
    assertThat(Verdict.of(RunFiles.evaluation(50, 10), other, "monday")).isEmpty();
    values.remove("comparable.sha256");
    EvaluationResult old = new EvaluationResult(values);
    assertThat(Verdict.of(old, old, "monday")).isEmpty();
  }

  @Test
  void a_single_stream_is_compared_by_itself() {
    EvaluationResult joint =
        new EvaluationResult(Map.of("knn.joint.top1", 80.0, "comparable.sha256", "c"));
    assertThat(Verdict.of(joint, RunFiles.evaluation(50, 10), "monday").orElseThrow().text())
        .contains("knn.joint 80.00 % after 40.00 %");
  }

  private static Verdict verdict(double now, double before, int sequences) {
    return Verdict.of(
            RunFiles.evaluation(now, sequences), RunFiles.evaluation(before, sequences), "monday")
        .orElseThrow();
  }
}
