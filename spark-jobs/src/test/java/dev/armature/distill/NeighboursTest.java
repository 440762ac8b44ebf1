package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NeighboursTest {

  @ParameterizedTest
  @CsvSource({
    "8192, 16384, 8192",
    "0.5, 16384, 8192",
    "0.25, 10, 3",
    "0.001, 10, 1",
    "0.999, 10, 10",
    "1, 10, 1",
    "12, 10, 12",
  })
  void a_number_is_itself_and_a_fraction_is_of_the_queue(double value, int queue, int expected) {
    assertThat(new Neighbours(value).of(queue)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1.5, Double.NaN, Double.POSITIVE_INFINITY, 3e9})
  void what_is_neither_is_refused(double value) {
    assertThatThrownBy(() -> new Neighbours(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found " + value);
  }
}
