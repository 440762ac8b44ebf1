package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.distill.DistillSettings.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistillSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, 1, 1, 1, 'queue must be at least 1, found 0'",
    "8, 9, 1, 1, 1, 1, 'neighbours must be 1 to the length of the queue (8), found 9'",
    "8, 0, 1, 1, 1, 1, 'neighbours must be 1 to the length of the queue (8), found 0'",
    "8, 4, -1, 1, 1, 1, 'weight must be finite and at least 0, found -1.0'",
    "8, 4, NaN, 1, 1, 1, 'weight must be finite and at least 0, found NaN'",
    "8, 4, 1, 0, 1, 1, 'contrastTemperature must be finite and greater than 0, found 0.0'",
    "8, 4, 1, 1, -1, 1, 'teacherTemperature must be finite and greater than 0, found -1.0'",
    "8, 4, 1, 1, 1, NaN, 'studentTemperature must be finite and greater than 0, found NaN'",
  })
  void a_number_out_of_range_is_refused_by_name(
      int queue,
      int neighbours,
      double weight,
      double contrast,
      double teacher,
      double student,
      String message) {
    assertThatThrownBy(
            () ->
                new DistillSettings(
                    Method.CMD, queue, neighbours, weight, contrast, teacher, student))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void only_cmd_with_weight_and_company_distils() {
    assertThat(DistillSettings.PUBLISHED.distils(3)).isTrue();
    assertThat(DistillSettings.PUBLISHED.distils(1)).isFalse();
    assertThat(new DistillSettings(Method.BASE, 8, 4, 1, 1, 1, 1).distils(3)).isFalse();
    assertThat(new DistillSettings(Method.CMD, 8, 4, 0, 1, 1, 1).distils(3)).isFalse();
  }
}
