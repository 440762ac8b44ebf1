package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.job.preflight.SparkLayout.Manager;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkLayoutTest {

  @ParameterizedTest
  @CsvSource({
    "local, LOCAL, 1, 1",
    "'local[3]', LOCAL, 3, 1",
    "'local[3, 2]', LOCAL, 3, 1",
    "'local-cluster[2,4,1024]', LOCAL_CLUSTER, 4, 2",
    "spark://host:7077, STANDALONE, 0, 0",
    "yarn, YARN, 1, 2",
    "k8s://https://host:443, KUBERNETES, 1, 2"
  })
  void a_master_tells_who_runs_how_many_executors_of_how_many_cores(
      String master, Manager manager, int cores, int executors) {
    SparkLayout layout = Layouts.of(master, Map.of());

    assertThat(layout.manager()).isEqualTo(manager);
    assertThat(layout.executorCores()).isEqualTo(cores);
    assertThat(layout.executors()).isEqualTo(executors);
  }

  @Test
  void an_executor_has_as_many_slots_as_tasks_fit_into_its_cores() {
    SparkLayout layout =
        Layouts.of(
            "yarn",
            Map.of(
                "spark.executor.cores", "7",
                "spark.task.cpus", "2",
                "spark.executor.instances", "4"));

    assertThat(layout.slotsPerExecutor()).isEqualTo(3);
    assertThat(layout.slots()).isEqualTo(12);
  }

  @Test
  void without_a_setting_overhead_is_a_tenth_of_the_heap_and_at_least_384_megabytes() {
    assertThat(overhead("yarn", Map.of("spark.executor.memory", "10g"))).isEqualTo(1 << 30);
    assertThat(overhead("yarn", Map.of("spark.executor.memory", "1g"))).isEqualTo(384 << 20);
    assertThat(
            overhead(
                "k8s://host",
                Map.of(
                    "spark.executor.memory", "2g",
                    "spark.executor.memoryOverheadFactor", "0.5")))
        .isEqualTo(1 << 30);
  }

  @Test
  void overhead_is_read_in_mebibytes_unless_it_has_a_unit() {
    assertThat(overhead("yarn", Map.of("spark.executor.memoryOverhead", "500")))
        .isEqualTo(500 << 20);
    assertThat(overhead("yarn", Map.of("spark.executor.memoryOverhead", "3g"))).isEqualTo(3L << 30);
  }

  @Test
  void nobody_counts_what_standalone_executors_take_beside_their_heap() {
    assertThat(overhead("spark://host:7077", Map.of("spark.executor.memoryOverhead", "500")))
        .isEqualTo(SparkLayout.UNLIMITED);
  }

  @Test
  void executors_that_come_with_the_work_are_as_many_as_there_may_be() {
    Map<String, String> dynamic =
        Map.of(
            "spark.dynamicAllocation.enabled", "true",
            "spark.dynamicAllocation.maxExecutors", "9");

    assertThat(Layouts.of("yarn", dynamic).dynamic()).isTrue();
    assertThat(Layouts.of("yarn", dynamic).executors()).isEqualTo(9);
  }

  private static long overhead(String master, Map<String, String> settings) {
    return Layouts.of(master, settings).executorOverhead();
  }
}
