package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

  @ParameterizedTest
  @CsvSource({
    "-1, 1, 0.5, 0.1, 1, 1, 'cluster.weight must be finite and at least 0, found -1.0'",
    "1, -1, 0.5, 0.1, 1, 1, 'cluster.most must be at least 0, found -1'",
    "1, 1, NaN, 0.1, 1, 1, 'cluster.leastSimilarity must be −1 to 1, found NaN'",
    "1, 1, 0.5, 0, 1, 1, 'cluster.temperature must be finite and greater than 0, found 0.0'",
    "1, 1, 0.5, 0.1, NaN, 1, 'cluster.fromInstance must be finite and at least 0, found NaN'",
    "1, 1, 0.5, 0.1, 1, -2, 'cluster.fromCluster must be finite and at least 0, found -2.0'",
  })
  void a_number_of_the_cluster_branch_out_of_range_is_refused_by_name(
      double weight,
      int most,
      double least,
      double temperature,
      double fromInstance,
      double fromCluster,
      String message) {
    assertThatThrownBy(
            () ->
                new ClusterSettings(
                    weight,
                    most,
                    least,
                    temperature,
                    true,
                    ClusterSettings.Teaches.KEY,
                    fromInstance,
                    fromCluster,
                    false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void mined_positives_are_one_to_the_length_of_the_queue() {
    assertThatThrownBy(() -> new MiningSettings(0, MiningSettings.Form.LOG_OF_SUM, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mining.positives must be at least 1, found 0");
    assertThatThrownBy(() -> settings(Method.CROSCLR, Topology.PAIRWISE, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mining.positives must be at most the length of the queue (8), found 9");
    assertThat(settings(Method.CMD, Topology.PAIRWISE, 9).mining().positives()).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource(names = {"MCL", "CROSCLR"})
  void a_consensus_of_what_is_no_distribution_is_refused(Method method) {
    assertThatThrownBy(() -> settings(method, Topology.CONSENSUS, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found " + method.name().toLowerCase(Locale.ROOT));
  }

  @Test
  void only_i2md_has_two_heads() {
    assertThat(settings(Method.I2MD, Topology.CONSENSUS, 1).heads()).isEqualTo(2);
    assertThat(DistillSettings.PUBLISHED.heads()).isEqualTo(1);
  }

  private static DistillSettings settings(Method method, Topology topology, int positives) {
    return new DistillSettings(
        method,
        8,
        4,
        1,
        1,
        1,
        1,
        topology,
        new MiningSettings(positives, MiningSettings.Form.LOG_OF_SUM, true),
        ClusterSettings.DEFAULT);
  }
}
