package dev.armature.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BoundedSeriesTest {

  @Test
  void few_values_are_points_of_their_own() {
    BoundedSeries series = new BoundedSeries(4);
    series.add(1, 10);
    series.add(2, 30);
    assertThat(series.places()).containsExactly(1, 2);
    assertThat(series.values()).containsExactly(10, 30);
    assertThat(series.valuesAPoint()).isEqualTo(1);
  }

  @Test
  void of_many_values_neighbours_are_averaged() {
    BoundedSeries series = new BoundedSeries(4);
    for (int value = 1; value <= 7; value++) {
      series.add(value, 10.0 * value);
    }
    assertThat(series.places()).containsExactly(1.5, 3.5, 5.5, 7);
    assertThat(series.values()).containsExactly(15, 35, 55, 70);
    assertThat(series.valuesAPoint()).isEqualTo(2);
  }

  @Test
  void what_is_no_number_leaves_no_trace() {
    BoundedSeries series = new BoundedSeries(4);
    series.add(1, Double.NaN);
    series.add(2, Double.POSITIVE_INFINITY);
    series.add(3, 5);
    assertThat(series.places()).containsExactly(3);
  }

  @Test
  void an_odd_number_of_points_is_refused() {
    assertThatThrownBy(() -> new BoundedSeries(3)).hasMessageContaining("found 3");
  }

  @Property(tries = 200)
  void no_more_points_than_asked_for_and_the_mean_of_all_values_stays(
      @ForAll @Size(min = 1, max = 300) List<@DoubleRange(min = -9, max = 9) Double> values,
      @ForAll @IntRange(min = 1, max = 8) int half) {
    BoundedSeries series = new BoundedSeries(2 * half);
    for (int place = 0; place < values.size(); place++) {
      series.add(place, values.get(place));
    }
    double[] points = series.values();
    assertThat(points.length).isBetween(1, 2 * half + 1);
    assertThat(series.places()).isSorted().hasSameSizeAs(points);
    int stride = series.valuesAPoint();
    int whole = values.size() / stride;
    double sum = Arrays.stream(points, 0, whole).sum() * stride;
    if (points.length > whole) {
      sum += points[whole] * (values.size() - whole * stride);
    }
    assertThat(sum).isCloseTo(values.stream().mapToDouble(Double::doubleValue).sum(), within(1e-9));
  }
}
