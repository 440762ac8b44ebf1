package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.augment.AugmentSettings;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.Recurrence;
import dev.armature.evaluate.MonitorMemory;
import dev.armature.round.RoundSettings;
import dev.armature.round.Stages;
import dev.armature.round.Teacher;
import dev.armature.round.TrainSettings;
import dev.armature.round.TrainingPlan;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayouts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Memory of drivers and executors for the published sizes. */
class MemoryChecksTest {
  private static final Pattern SETTING = Pattern.compile("set (spark\\.[a-zA-Z.]+)=(\\w+)");
  private static final long SHARD = 100L << 20;

  private static TrainingPlan plan(int hidden, int workers) {
    return plan(EncoderBackend.ONEDNN, hidden, workers);
  }

  private static TrainingPlan plan(EncoderBackend backend, int hidden, int workers) {
    return new TrainingPlan(
        List.of(Modality.JOINT, Modality.MOTION, Modality.BONE),
        SkeletonLayouts.named("kinect-v2"),
        2,
        new EncoderShape(150, hidden, 3, 128, 1, Recurrence.LOCKSTEP),
        backend,
        GpuExecution.PLAIN,
        new AugmentSettings(
            AugmentSettings.Temporal.RANDOM,
            AugmentSettings.Spatial.RANDOM,
            64,
            64,
            0.1,
            0.5,
            0.95,
            0.6),
        new DistillSettings(Method.CMD, 16384, 8192, 1, 0.07, 0.05, 0.1),
        Stages.ONE,
        new TrainSettings(64, 0, 0, 451, 0, 0.01, List.of(), 0.9, 1e-4, 0.999, 1, true),
        new RoundSettings(workers, 4, 16, Teacher.PER_STEP));
  }

  private static List<Finding> executor(Map<String, String> settings, String options) {
    SparkLayout layout = Layouts.of("yarn", settings);
    return new ExecutorMemoryCheck(layout, plan(1024, 8), SHARD, 1, 2, 4, Optional.empty())
        .configured(options);
  }

  private static Finding named(List<Finding> findings, String check) {
    return findings.stream().filter(each -> each.check().equals(check)).findFirst().orElseThrow();
  }

  @Test
  void measuring_encoders_between_rounds_takes_memory_too() {
    MonitorMemory monitor = new MonitorMemory(EncoderBackend.ONEDNN, plan(256, 2).encoder(), 3, 64);
    String without = needed(Optional.empty());
    assertThat(needed(Optional.of(monitor))).isNotEqualTo(without);
    // Representations of 7,500 sequences by three encoders, twice; 512 numbers each.
    assertThat(monitor.driver().heap()).isGreaterThan(2L * 7500 * 3 * 512 * 4);
    assertThat(monitor.executor(2).outside()).isEqualTo(2 * monitor.executor(1).outside());
    MonitorMemory onGpu = new MonitorMemory(EncoderBackend.CUDNN, plan(256, 2).encoder(), 3, 64);
    assertThat(monitor.device()).isZero();
    assertThat(onGpu.device()).isGreaterThan(onGpu.executor(1).outside());
    assertThat(onGpu.executor(1).outside()).isLessThan(monitor.executor(1).outside());
  }

  private static String needed(Optional<MonitorMemory> monitor) {
    return new ExecutorMemoryCheck(
            Layouts.of("yarn", Map.of()), plan(256, 2), SHARD, 1, 1, 2, monitor)
        .configured("")
        .toString();
  }

  @Test
  void too_small_an_executor_is_a_failure_and_what_is_named_is_accepted() {
    Map<String, String> settings = new HashMap<>(Map.of("spark.executor.memory", "2g"));
    for (Finding finding : executor(settings, "")) {
      assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
      Matcher named = SETTING.matcher(finding.remedy());
      assertThat(named.find()).isTrue();
      settings.put(named.group(1), named.group(2));
    }
    assertThat(settings).containsKeys("spark.executor.memory", "spark.executor.memoryOverhead");

    assertThat(executor(settings, "")).allMatch(finding -> finding.verdict() == Verdict.OK);
  }

  private static ExecutorMemoryCheck onGpus(String taskGpus, int workers) {
    return new ExecutorMemoryCheck(
        Layouts.of("yarn", Map.of("spark.task.resource.gpu.amount", taskGpus)),
        plan(EncoderBackend.CUDNN, 1024, workers),
        SHARD,
        1,
        workers,
        1,
        Optional.empty());
  }

  @Test
  void what_gpus_hold_is_not_asked_of_main_memory() {
    Finding onProcessor = named(executor(Map.of(), ""), "executor beside heap");
    Finding onGpu =
        named(
            new ExecutorMemoryCheck(
                    Layouts.of("yarn", Map.of("spark.task.resource.gpu.amount", "1")),
                    plan(EncoderBackend.CUDNN, 1024, 8),
                    SHARD,
                    1,
                    2,
                    4,
                    Optional.empty())
                .configured(""),
            "executor beside heap");

    assertThat(gigabytes(onGpu)).isLessThan(gigabytes(onProcessor) / 2);
  }

  private static double gigabytes(Finding finding) {
    Matcher size = Pattern.compile("([0-9.]+) GB").matcher(finding.needed());
    assertThat(size.find()).as(finding.needed()).isTrue();
    return Double.parseDouble(size.group(1));
  }

  @Test
  void too_small_a_gpu_is_a_warning_and_one_that_nobody_knows_of_a_figure() {
    List<ProcessReport> large = List.of(Reports.of("1", "north").withGpus("0"));
    List<ProcessReport> unknown = List.of(Reports.of("1", "north").report());

    Finding alone = named(onGpus("1", 8).devices(large), "memory of GPUs");
    assertThat(alone.verdict()).isEqualTo(Verdict.OK);
    Finding figure = named(onGpus("1", 8).devices(unknown), "memory of GPUs");
    assertThat(figure.verdict()).isEqualTo(Verdict.OK);
    assertThat(figure.needed()).isEqualTo(alone.needed());
    assertThat(figure.found()).isEqualTo("not asked yet");
    Finding crowded = named(onGpus("0.05", 20).devices(large), "memory of GPUs");
    assertThat(crowded.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(crowded.needed()).contains("20 workers");
    assertThat(crowded.remedy()).contains("train.batch");
    assertThat(
            new ExecutorMemoryCheck(
                    Layouts.of("yarn", Map.of()), plan(256, 2), SHARD, 1, 1, 2, Optional.empty())
                .devices(large))
        .isEmpty();
  }

  @Test
  void a_limit_of_javacpp_that_is_too_low_is_a_failure() {
    String low = "-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxbytes=1g";
    Finding finding = named(executor(Map.of(), low), "maxbytes");

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.remedy()).contains("-Dorg.bytedeco.javacpp.maxbytes=0");
  }

  @Test
  void no_limit_of_javacpp_is_as_it_should_be() {
    String none =
        "-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -XX:+UseG1GC";
    List<Finding> findings = executor(Map.of(), none);

    assertThat(named(findings, "maxbytes").verdict()).isEqualTo(Verdict.OK);
    assertThat(named(findings, "maxphysicalbytes").verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void a_host_that_has_less_than_one_executor_needs_is_a_failure() {
    ExecutorMemoryCheck check =
        new ExecutorMemoryCheck(
            Layouts.of("yarn", Map.of()), plan(256, 2), SHARD, 1, 1, 2, Optional.empty());

    assertThat(check.present(List.of(Reports.of("1", "north").withMemory(1L << 30))))
        .singleElement()
        .matches(finding -> finding.verdict() == Verdict.FAIL);
    assertThat(check.present(List.of(Reports.of("1", "north").withMemory(64L << 30))))
        .singleElement()
        .matches(finding -> finding.verdict() == Verdict.OK);
  }

  @Test
  void a_host_that_cannot_hold_all_its_executors_is_a_warning() {
    SparkLayout layout = Layouts.of("yarn", Map.of("spark.executor.memory", "8g"));
    ExecutorMemoryCheck check =
        new ExecutorMemoryCheck(layout, plan(256, 2), SHARD, 1, 1, 2, Optional.empty());

    assertThat(
            check.present(
                List.of(
                    Reports.of("1", "north").withMemory(12L << 30),
                    Reports.of("2", "north").withMemory(12L << 30))))
        .singleElement()
        .matches(finding -> finding.verdict() == Verdict.WARNING);
  }

  @Test
  void too_small_a_heap_of_the_driver_is_a_failure_and_what_is_named_is_accepted() {
    DriverMemoryCheck check =
        new DriverMemoryCheck(
            Layouts.of("yarn", Map.of()), plan(1024, 8), SHARD, 1, Optional.empty());
    Finding finding = named(check.findings(1L << 30), "driver heap");

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    Matcher named = Pattern.compile("--driver-memory (\\d+)g").matcher(finding.remedy());
    assertThat(named.find()).isTrue();
    assertThat(finding.remedy()).contains("ARMATURE_MEMORY=" + named.group(1) + "g");
    long enough = Long.parseLong(named.group(1)) << 30;
    assertThat(named(check.findings(enough), "driver heap").verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void on_a_local_master_the_workers_are_in_the_same_heap() {
    DriverMemoryCheck cluster =
        new DriverMemoryCheck(
            Layouts.of("yarn", Map.of()), plan(512, 1), SHARD, 1, Optional.empty());
    DriverMemoryCheck local =
        new DriverMemoryCheck(
            Layouts.of("local[4]", Map.of()), plan(512, 1), SHARD, 1, Optional.empty());
    long heap = 6L << 29;

    assertThat(named(cluster.findings(heap), "driver heap").verdict()).isEqualTo(Verdict.OK);
    assertThat(named(local.findings(heap), "heap").verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void a_driver_in_a_container_has_an_overhead_of_its_own() {
    Map<String, String> cluster =
        Map.of(
            "spark.submit.deployMode", "cluster",
            "spark.driver.memory", "4g",
            "spark.driver.memoryOverhead", "100m");
    Finding finding =
        named(
            new DriverMemoryCheck(
                    Layouts.of("yarn", cluster), plan(64, 1), SHARD, 1, Optional.empty())
                .findings(4L << 30),
            "driver beside heap");

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.remedy()).contains("spark.driver.memoryOverhead=");
  }
}
