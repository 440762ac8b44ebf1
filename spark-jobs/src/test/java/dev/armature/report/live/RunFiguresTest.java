package dev.armature.report.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFiguresTest {
  private final MetricRegistry registry = new MetricRegistry();
  private Instant now = Instant.parse("2026-01-05T22:00:00Z");
  private final RunFigures figures = new RunFigures(registry, () -> now);

  @TempDir private Path folder;

  private double gauge(String name) {
    Gauge<?> gauge = registry.getGauges().get(name);
    assertThat(gauge).as(name + " of " + registry.getNames()).isNotNull();
    return (Double) gauge.getValue();
  }

  private static Map<String, Object> line(String type, Object... keysAndValues) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", type);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      line.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return line;
  }

  @Test
  void gauges_are_of_the_newest_lines() {
    figures.begin(3, 12);
    for (int round = 0; round < 2; round++) {
      figures.written(
          List.of(
              line("step", "step", 2 * round + 1, "loss.total", 9.0 - round),
              line("round", "round", round, "workers", 3 - round, "seconds", 1.5)));
    }
    figures.written(List.of(line("evaluation", "round", 1, "knn.joint.top1", 61.5)));
    assertThat(gauge("loss.total")).isEqualTo(8);
    assertThat(gauge("step")).isEqualTo(3);
    assertThat(gauge("round")).isEqualTo(1);
    assertThat(gauge("workers")).isEqualTo(2);
    assertThat(gauge("workers.missing")).isEqualTo(1);
    assertThat(gauge("data.set-aside")).isEqualTo(12);
    assertThat(gauge("evaluation.knn.joint.top1")).isEqualTo(61.5);
    assertThat(registry.timer("time.round").getCount()).isEqualTo(2);
    assertThat(registry.timer("time.round").getSnapshot().getMax()).isEqualTo(1_500_000_000L);
  }

  @Test
  void ages_grow_until_something_happens() {
    figures.begin(1, 0);
    now = now.plusSeconds(100);
    assertThat(gauge("checkpoint.age")).isEqualTo(100);
    figures.written(List.of(line("checkpoint", "round", 4, "file", "x", "seconds", 0.5)));
    now = now.plusSeconds(7);
    assertThat(gauge("checkpoint.age")).isEqualTo(7);
    assertThat(gauge("checkpoint.round")).isEqualTo(4);
    assertThat(gauge("round.age")).isEqualTo(107);
  }

  @Test
  void executors_are_shown_until_they_are_lost() {
    figures.show(new ExecutorFigures("1", Map.of("steps", 5.0)));
    figures.show(new ExecutorFigures("12", Map.of("steps", 6.0)));
    assertThat(gauge("executor.1.steps")).isEqualTo(5);
    figures.forget("1");
    assertThat(registry.getNames()).noneMatch(name -> name.startsWith("executor.1."));
    assertThat(gauge("executor.12.steps")).isEqualTo(6);
    figures.show(new ExecutorFigures("1", Map.of("steps", 7.0)));
    assertThat(registry.getNames())
        .as("a message that was on its way")
        .noneMatch(name -> name.startsWith("executor.1."));
    figures.expect("1");
    figures.show(new ExecutorFigures("1", Map.of("steps", 1.0)));
    assertThat(gauge("executor.1.steps")).isEqualTo(1);
  }

  @Test
  void before_the_first_round_its_age_grows_and_there_are_no_seconds() {
    figures.begin(1, 0);
    now = now.plusSeconds(4000);
    assertThat(gauge("round.age")).isEqualTo(4000);
    assertThat(registry.getNames()).doesNotContain("seconds");
  }

  @Test
  void a_gpu_tells_its_memory_and_work() throws IOException {
    GpuMemory gpus =
        new GpuMemory(
            AssignedGpu.tool(folder, "echo ' 1024, 81920, 37'"), List.of("5"), System::nanoTime);
    assertThat(gpus.figures())
        .isEqualTo(
            Map.of(
                "gpu.5.memory-used", 1024.0 * (1 << 20),
                "gpu.5.memory-total", 81920.0 * (1 << 20),
                "gpu.5.utilization", 0.37));
  }

  @Test
  void a_gpu_is_asked_every_ten_seconds_however_often_figures_are() throws IOException {
    Path calls = folder.resolve("calls");
    long[] seconds = {-5};
    GpuMemory gpus =
        new GpuMemory(
            AssignedGpu.tool(
                folder, "echo . >> " + calls + "; echo 1, 2, $(wc -l < " + calls + ")"),
            List.of("5"),
            () -> seconds[0] * 1_000_000_000);
    for (int second = 0; second < 25; second++) {
      seconds[0]++;
      assertThat(gpus.figures().get("gpu.5.utilization"))
          .isCloseTo(0.01 * (1 + second / 10), within(1e-9));
    }
  }

  @Test
  void a_tool_that_is_missing_fails_or_talks_otherwise_gives_no_figures() throws IOException {
    for (String does : List.of("exit 9", "echo '[N/A], [N/A], [N/A]'", "echo")) {
      assertThat(
              new GpuMemory(AssignedGpu.tool(folder, does), List.of("5"), System::nanoTime)
                  .figures())
          .isEmpty();
    }
    assertThat(
            new GpuMemory(folder.resolve("none").toString(), List.of("5"), System::nanoTime)
                .figures())
        .isEmpty();
    assertThat(GpuMemory.of(Map.of())).isEqualTo(Optional.empty());
    assertThat(GpuMemory.of(Map.of("gpu", new ResourceInformation("gpu", new String[] {"0"}))))
        .isPresent();
  }
}
