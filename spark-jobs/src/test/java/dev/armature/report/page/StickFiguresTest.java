package dev.armature.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.evaluate.EvaluationMap.Figure;
import dev.armature.skeleton.Bone;
import java.util.List;
import org.junit.jupiter.api.Test;

class StickFiguresTest {
  private static final List<Bone> BONES = List.of(new Bone(0, 0), new Bone(1, 0));

  @Test
  void poses_stand_side_by_side_with_up_at_the_top() {
    StickFigures drawn =
        StickFigures.of(
            figure(new float[][][][] {{{{-0.5f, 1}, {0.5f, -1}}}, {{{-0.5f, 1}, {0.5f, -1}}}}),
            BONES);
    // 50 units a metre, a margin of 0.1 metres around every pose.
    assertThat(drawn.width()).isEqualTo(120);
    assertThat(drawn.height()).isEqualTo(110);
    assertThat(drawn.paths()).containsExactly("M5 5L55 105M65 5L115 105");
  }

  @Test
  void what_was_not_seen_is_not_drawn() {
    StickFigures drawn =
        StickFigures.of(
            figure(
                new float[][][][] {
                  {{{0, 1}, {0, 0.5f}}, {{0, 0}, {0, 0}}}, {{{0, 0}, {0, 0.5f}}, {{0, 0}, {0, 0}}}
                }),
            BONES);
    assertThat(drawn.paths()).containsExactly("M5 5L5 30", "");
  }

  @Test
  void a_sequence_in_which_nobody_was_seen_is_an_empty_drawing() {
    StickFigures drawn = StickFigures.of(figure(new float[1][1][2][2]), BONES);
    assertThat(drawn.paths()).containsExactly("");
    assertThat(drawn.width()).isPositive();
  }

  private static Figure figure(float[][][][] poses) {
    return new Figure("S001", 0, 1, poses);
  }
}
