package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngines;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cores, GPUs and slots of tasks. */
class TaskChecksTest {

  @ParameterizedTest
  @ValueSource(strings = {"local-cluster[2,1,1024]", "yarn", "k8s://https://host"})
  void a_task_of_more_cores_than_an_executor_has_would_never_start(String master) {
    Finding finding = TaskSizeCheck.of(Layouts.of(master, Map.of("spark.task.cpus", "2")));

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.remedy())
        .contains("spark.executor.cores=2", "round.cores-per-worker=1", "no task would ever start");
  }

  @Test
  void the_number_of_cores_that_is_named_is_enough() {
    Map<String, String> named = Map.of("spark.task.cpus", "2", "spark.executor.cores", "2");

    assertThat(TaskSizeCheck.of(Layouts.of("yarn", named)).verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void executors_of_unknown_size_are_looked_at_once_they_are_there() {
    SparkLayout layout = Layouts.of("spark://host:7077", Map.of("spark.task.cpus", "8"));

    assertThat(TaskSizeCheck.of(layout).verdict()).isEqualTo(Verdict.OK);
    Finding later = SlotsCheck.of(layout, new ExecutorCount(3, 0, 4), 2, 2, 60);
    assertThat(later.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(later.remedy()).contains("spark.executor.cores=8");
  }

  @ParameterizedTest
  @EnumSource(
      value = EncoderBackend.class,
      names = {"ONEDNN", "PLAIN"})
  void a_gpu_is_not_reserved_for_a_backend_of_the_processor(EncoderBackend backend) {
    for (String setting :
        List.of("spark.task.resource.gpu.amount", "spark.executor.resource.gpu.amount")) {
      Finding finding = AcceleratorCheck.of(Layouts.of("yarn", Map.of(setting, "1")), backend);

      assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(finding.remedy())
          .contains(
              setting, "encoder.backend = " + backend.name().toLowerCase(java.util.Locale.ROOT));
    }
    assertThat(AcceleratorCheck.of(Layouts.of("yarn", Map.of()), backend).verdict())
        .isEqualTo(Verdict.OK);
  }

  @Test
  void a_backend_that_is_not_in_the_build_is_refused_before_any_work() {
    assumeTrue(EncoderEngines.missing(EncoderBackend.CUDNN).isPresent());

    Finding finding = AcceleratorCheck.of(withGpus(), EncoderBackend.CUDNN);
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.sentence()).contains("encoder.backend = cudnn", "no engine for", "-Pcuda");
  }

  @Test
  void a_local_master_takes_the_first_gpu_of_its_machine() {
    SparkLayout local = Layouts.of("local[2]", Map.of());

    assertThat(AcceleratorCheck.of(local, "cudnn", true).verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void a_backend_of_the_gpu_is_not_left_to_the_processor() {
    assertThat(AcceleratorCheck.of(Layouts.of("yarn", Map.of()), "cuda", true).verdict())
        .isEqualTo(Verdict.FAIL);
    assertThat(AcceleratorCheck.of(withGpus(), "cuda", true).verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void a_task_that_asked_for_a_gpu_and_got_none_is_named_by_its_host() {
    ProcessReport with = Reports.of("1", "north").withGpus("0");
    ProcessReport without = Reports.of("2", "south").report();

    assertThat(AcceleratorCheck.assigned(withGpus(), List.of(with)).verdict())
        .isEqualTo(Verdict.OK);
    Finding finding = AcceleratorCheck.assigned(withGpus(), List.of(with, without));
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.found()).contains("south").doesNotContain("north");
    assertThat(finding.remedy()).contains("discoveryScript");
  }

  @Test
  void what_one_task_of_an_executor_finds_wrong_is_not_lost_among_the_others() {
    ProcessReport first = Reports.of("1", "north").withGpus("0");
    ProcessReport second = Reports.of("1", "north").withGpus("1");
    ProcessReport broken = Reports.of("1", "north").withFault("no memory");

    ProcessReport all = first.and(broken).and(second);
    assertThat(all.gpus()).containsExactly("0", "1");
    assertThat(all.fault()).isEqualTo("no memory");
    assertThat(all.device()).contains("GPU 0", "GPU 1");
    assertThat(all.libraries()).isNotEmpty();
    assertThat(first.and(second)).isEqualTo(second.and(first));
  }

  @Test
  void devices_are_told_where_there_are_some() {
    ProcessReport with = Reports.of("1", "north").withGpus("3");

    assertThat(AcceleratorCheck.devices(List.of(Reports.of("2", "south").report()))).isEmpty();
    assertThat(AcceleratorCheck.devices(List.of(with)))
        .extracting(Finding::found)
        .containsExactly("engine on GPU 3");
  }

  private static SparkLayout withGpus() {
    return Layouts.of(
        "yarn",
        Map.of("spark.task.resource.gpu.amount", "1", "spark.executor.resource.gpu.amount", "1"));
  }

  @Test
  void fewer_slots_than_workers_are_turns_and_no_failure() {
    Finding finding =
        SlotsCheck.of(Layouts.of("yarn", Map.of()), new ExecutorCount(2, 3, 2), 8, 8, 60);

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.remedy()).contains("3 turns", "round.workers");
  }

  @Test
  void fewer_slots_than_workers_whose_number_may_change_are_other_numbers() {
    Finding finding =
        SlotsCheck.of(Layouts.of("yarn", Map.of()), new ExecutorCount(2, 3, 2), 8, 2, 60);

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.remedy())
        .contains("3 workers will train instead, with other numbers")
        .doesNotContain("turns");
  }

  @Test
  void a_slot_for_every_worker_is_as_it_should_be() {
    assertThat(
            SlotsCheck.of(Layouts.of("yarn", Map.of()), new ExecutorCount(2, 8, 4), 8, 8, 60)
                .verdict())
        .isEqualTo(Verdict.OK);
  }

  @Test
  void no_executor_at_all_is_a_failure_that_names_the_wait() {
    Finding finding =
        SlotsCheck.of(Layouts.of("yarn", Map.of()), new ExecutorCount(0, 0, 0), 2, 2, 77);

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.remedy()).contains("77 s", "yarn", "round.wait-seconds");
  }

  @Test
  void executors_without_a_slot_are_a_failure() {
    Finding finding =
        SlotsCheck.of(Layouts.of("yarn", Map.of()), new ExecutorCount(2, 0, 4), 2, 2, 60);

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.remedy()).contains("spark.task.resource");
  }
}
