package dev.armature.report.live;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.armature.round.WorkerActivity;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An executor's part of the plugin: every ten seconds and after tasks it looks at what the process
 * does and takes, shows it in the executor's own metrics as {@code worker.…}, and sends it to the
 * driver. Nothing is done before the first step of a worker.
 */
final class ExecutorSampler implements ExecutorPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorSampler.class);
  private static final long INTERVAL_SECONDS = 10;

  /** Tasks of small runs end many times a second. */
  private static final long SHORTEST_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Map<String, Double> shown = new ConcurrentHashMap<>();
  private ScheduledExecutorService timer;
  private PluginContext context;
  private Optional<GpuMemory> gpus = Optional.empty();
  private WorkerActivity.Done last = WorkerActivity.now();
  private long lastNanos = System.nanoTime();
  private boolean told;

  @Override
  public void init(PluginContext given, Map<String, String> extra) {
    context = given;
    gpus = GpuMemory.of(given.resources());
    timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "armature-figures");
              thread.setDaemon(true);
              return thread;
            });
    // Spark looks at a registry that is empty no more.
    show(context.metricRegistry(), "worker.steps", 0);
    var unused =
        timer.scheduleWithFixedDelay(
            this::sample, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void onTaskSucceeded() {
    timer.execute(this::sample);
  }

  @Override
  public void shutdown() {
    timer.shutdownNow();
  }

  /** On the timer's thread alone. */
  private void sample() {
    long now = System.nanoTime();
    WorkerActivity.Done done = WorkerActivity.now();
    if (done.steps() == 0 || (told && now - lastNanos < SHORTEST_INTERVAL_NANOS)) {
      return;
    }
    try {
      Map<String, Double> figures = figures(done, (now - lastNanos) * 1e-9);
      last = done;
      lastNanos = now;
      figures.forEach((name, value) -> show(context.metricRegistry(), "worker." + name, value));
      told = true;
      context.send(new ExecutorFigures(context.executorID(), figures));
    } catch (IOException | RuntimeException unable) {
      // A timer's task that throws would be the last one.
      LOG.debug("figures of this executor could not be shown", unable);
    }
  }

  private Map<String, Double> figures(WorkerActivity.Done done, double seconds) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("steps", (double) done.steps());
    figures.put("sequences", (double) done.sequences());
    figures.put("sequences-per-second", (done.sequences() - last.sequences()) / seconds);
    done.seconds()
        .forEach(
            (phase, sum) -> figures.put("seconds." + phase.name().toLowerCase(Locale.ROOT), sum));
    figures.put("memory.native", (double) Pointer.totalBytes());
    figures.put("memory.process", (double) Pointer.physicalBytes());
    Runtime heap = Runtime.getRuntime();
    figures.put("memory.heap", (double) (heap.totalMemory() - heap.freeMemory()));
    gpus.ifPresent(each -> figures.putAll(each.figures()));
    return figures;
  }

  private void show(MetricRegistry registry, String name, double value) {
    if (shown.put(name, value) == null) {
      registry.gauge(name, () -> (Gauge<Double>) () -> shown.get(name));
    }
  }
}
