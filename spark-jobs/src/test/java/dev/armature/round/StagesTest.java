package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class StagesTest {
  private static final DistillSettings ALL =
      new DistillSettings(Method.I2MD, 8, 4, 0.5, 0.07, 0.05, 0.1);

  @Test
  void in_one_stage_everything_is_learned_from_the_start() {
    assertThat(Stages.ONE.at(ALL, 0)).isEqualTo(ALL);
  }

  @Test
  void terms_begin_once_so_many_epochs_are_over() {
    Stages stages = new Stages(3, 5, List.of());
    assertThat(stages.at(ALL, 2)).isEqualTo(ALL.withWeight(0).withoutIntraModal());
    assertThat(stages.at(ALL, 3)).isEqualTo(ALL.withoutIntraModal());
    assertThat(stages.at(ALL, 5)).isEqualTo(ALL);
  }

  @Test
  void the_weight_between_modalities_changes_with_the_epochs() {
    Stages stages = new Stages(1, 0, List.of(new FactorChange(3, 0.5), new FactorChange(4, 0.1)));
    assertThat(List.of(0, 1, 2, 3))
        .extracting(epoch -> stages.at(ALL, epoch).weight())
        .containsExactly(0.0, 0.5, 0.25, 0.025);
    assertThat(stages.at(ALL, 2).cluster()).isEqualTo(ALL.cluster());
  }

  @Test
  void a_negative_number_of_epochs_is_refused() {
    assertThatThrownBy(() -> new Stages(0, -1, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 and -1");
  }
}
