package dev.armature.augment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.augment.AugmentSettings.Spatial;
import dev.armature.augment.AugmentSettings.Temporal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 64, 0.1, 0.5, 0.95, 0.6, 'frames must be at least 1, found 0'",
    "64, 0, 0.1, 0.5, 0.95, 0.6, 'minimumCrop must be at least 1, found 0'",
    "64, 64, 0, 0.5, 0.95, 0.6, 'minimumRatio must be greater than 0 and at most 1, found 0.0'",
    "64, 64, 0.1, 1.5, 0.95, 0.6, 'downstreamRatio must be greater than 0 and at most 1, found 1.5'",
    "64, 64, 0.1, 0.5, NaN, 0.6, 'evaluationRatio must be greater than 0 and at most 1, found NaN'",
    "64, 64, 0.1, 0.5, 0.95, -0.1, 'corruptedShare must be in [0, 1], found -0.1'",
  })
  void a_number_out_of_range_is_refused_by_name(
      int frames,
      int minimumCrop,
      double minimumRatio,
      double downstreamRatio,
      double evaluationRatio,
      double corruptedShare,
      String message) {
    assertThatThrownBy(
            () ->
                new AugmentSettings(
                    Temporal.RANDOM,
                    Spatial.RANDOM,
                    frames,
                    minimumCrop,
                    minimumRatio,
                    downstreamRatio,
                    evaluationRatio,
                    corruptedShare))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
