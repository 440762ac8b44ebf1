package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.distill.DistillSettings.Method;
import dev.armature.skeleton.Modality;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossPlanTest {
  private static final List<Modality> ALL = List.of(Modality.values());

  private static DistillSettings settings(Method method) {
    return new DistillSettings(method, 16, 4, 1, 0.07, 0.05, 0.1);
  }

  @ParameterizedTest
  @EnumSource
  void of_all_modalities_no_two_terms_have_the_same_name(Method method) {
    List<LossTerm> terms = new LossPlan(settings(method), ALL).terms();
    assertThat(terms).extracting(LossTerm::name).doesNotHaveDuplicates().isNotEmpty();
  }

  @Test
  void the_hyphen_of_a_term_stands_between_teacher_and_student() {
    List<String> labels = ALL.stream().map(LossTerm::label).toList();
    List<LossTerm> pairs =
        new LossPlan(settings(Method.CMD), ALL)
            .terms().stream().filter(term -> term.family().equals("distillation")).toList();
    assertThat(pairs)
        .hasSize(30)
        .allSatisfy(
            pair ->
                assertThat(Arrays.asList(pair.of().split("-", -1))).hasSize(2).isSubsetOf(labels));
    assertThat(pairs)
        .extracting(LossTerm::name)
        .contains(
            "distillation.joint-motion",
            "distillation.bone-motion",
            "distillation.joint-bone_motion",
            "distillation.bone-bone_acceleration",
            "distillation.bone_motion-motion");
  }

  @Test
  void a_modality_that_stands_twice_is_refused() {
    List<Modality> twice = List.of(Modality.JOINT, Modality.BONE_MOTION, Modality.JOINT);
    assertThatThrownBy(() -> new Objective(settings(Method.CMD), twice, 4, 1).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stands twice in joint, bone-motion, joint");
  }
}
