package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinearSettingsTest {

  @Test
  void the_published_learning_rate_falls_at_epochs_50_and_70() {
    LinearSettings published = LinearSettings.PUBLISHED;

    assertThat(published.learningRate(49)).isCloseTo(0.1f, within(1e-7f));
    assertThat(published.learningRate(50)).isCloseTo(0.01f, within(1e-7f));
    assertThat(published.learningRate(69)).isCloseTo(0.01f, within(1e-7f));
    assertThat(published.learningRate(70)).isCloseTo(0.001f, within(1e-7f));
  }

  @Test
  void fewer_epochs_move_the_milestones_in_proportion() {
    assertThat(LinearSettings.published(80)).isEqualTo(LinearSettings.PUBLISHED);
    assertThat(LinearSettings.published(16).milestones()).containsExactly(10, 14);
    assertThat(LinearSettings.published(1).milestones()).isEmpty();
  }

  @Test
  void impossible_values_are_refused_with_what_was_found() {
    assertThatThrownBy(() -> new LinearSettings(0, 0.1, 0.9, 64, List.of(), 0.01, true))
        .hasMessageContaining("epochs must be at least 1, found 0");
    assertThatThrownBy(() -> new LinearSettings(1, Double.NaN, 0.9, 64, List.of(), 0.01, true))
        .hasMessageContaining("learning rate must be greater than 0, found NaN");
    assertThatThrownBy(() -> new LinearSettings(1, 0.1, 1, 64, List.of(), 0.01, true))
        .hasMessageContaining("momentum must be in [0, 1), found 1.0");
    assertThatThrownBy(() -> new LinearSettings(1, 0.1, 0, 64, List.of(5, 5), 0.01, true))
        .hasMessageContaining("milestones must rise, found [5, 5]");
    assertThatThrownBy(() -> new LinearSettings(1, 0.1, 0, 64, List.of(), -0.01, true))
        .hasMessageContaining("deviation must be at least 0 and finite, found -0.01");
  }

  @Test
  void the_best_epoch_is_the_first_of_the_best_and_the_last_is_the_last() {
    assertThat(LinearAccuracy.of(new double[] {10, 30, 20, 30, 25}))
        .isEqualTo(new LinearAccuracy(25, 30, 2));
  }
}
