package dev.armature.report.live;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricFilter;
import com.codahale.metrics.MetricRegistry;
import dev.armature.report.MetricsListener;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A run's newest figures as gauges, and the times of its rounds and their phases as timers. A gauge
 * has the name of its key in the metrics ({@code loss.total}); before those of evaluations and
 * checkpoints stands the kind of line ({@code evaluation.knn.joint.top1}), before those of
 * executors {@code executor.ID}. Ages are in seconds, and grow by themselves. Thread-safe.
 */
public final class RunFigures implements MetricsListener {
  private static final String SECONDS = "seconds";

  /** By application: a process may have one after the other. */
  private static final Map<String, RunFigures> SHOWN = new ConcurrentHashMap<>();

  private final MetricRegistry registry;
  private final InstantSource clock;
  private final Map<String, Double> values = new ConcurrentHashMap<>();
  private final Map<String, Long> moments = new ConcurrentHashMap<>();
  private final Set<String> lost = new HashSet<>();
  private volatile int wantedWorkers;

  RunFigures(MetricRegistry registry) {
    this(registry, InstantSource.system());
  }

  /** Shows figures in a registry. */
  RunFigures(MetricRegistry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
    // Spark looks at a registry that is empty no more.
    happened("driver.age");
  }

  /** The figures that an application's metrics show; empty where it has no plugin. */
  public static Optional<RunFigures> of(String applicationId) {
    return Optional.ofNullable(SHOWN.get(applicationId));
  }

  static void show(String applicationId, RunFigures figures) {
    SHOWN.put(applicationId, figures);
  }

  static void hide(String applicationId) {
    SHOWN.remove(applicationId);
  }

  /**
   * A run begins, or goes on.
   *
   * @param workers that it is to have
   * @param setAside recordings that its data set left out
   */
  public void begin(int workers, int setAside) {
    wantedWorkers = workers;
    set("workers.wanted", workers);
    set("data.set-aside", setAside);
    happened("round.age");
    happened("checkpoint.age");
  }

  @Override
  public void written(List<Map<String, Object>> lines) {
    for (Map<String, Object> line : lines) {
      String type = String.valueOf(line.get("type"));
      String prefix = type.equals("step") || type.equals("round") ? "" : type + ".";
      line.forEach(
          (key, value) -> {
            if (value instanceof Number number) {
              set(prefix + key, number.doubleValue());
            }
          });
      if (type.equals("round")) {
        round(line);
      } else if (!prefix.isEmpty()) {
        happened(prefix + "age");
      }
    }
  }

  private void round(Map<String, Object> line) {
    happened("round.age");
    line.forEach(
        (key, value) -> {
          if (key.startsWith(SECONDS) && value instanceof Number seconds) {
            registry
                .timer(
                    key.equals(SECONDS) ? "time.round" : "time" + key.substring(SECONDS.length()))
                .update(Math.round(seconds.doubleValue() * 1e9), TimeUnit.NANOSECONDS);
          }
        });
    if (line.get("workers") instanceof Number workers) {
      set("workers.missing", wantedWorkers - workers.intValue());
    }
  }

  /** An executor has come in. */
  synchronized void expect(String executor) {
    lost.remove(executor);
  }

  /** What an executor tells of itself; nothing more of one that is lost. */
  synchronized void show(ExecutorFigures sent) {
    if (lost.contains(sent.executor())) {
      // It was on its way.
      return;
    }
    String prefix = "executor." + sent.executor() + ".";
    sent.figures().forEach((name, value) -> set(prefix + name, value));
    happened(prefix + "age");
  }

  /** An executor is lost. */
  synchronized void forget(String executor) {
    lost.add(executor);
    String prefix = "executor." + executor + ".";
    registry.removeMatching(MetricFilter.startsWith(prefix));
    values.keySet().removeIf(name -> name.startsWith(prefix));
    moments.keySet().removeIf(name -> name.startsWith(prefix));
  }

  private void set(String name, double value) {
    if (values.put(name, value) == null) {
      gauge(name, () -> values.getOrDefault(name, Double.NaN));
    }
  }

  private void happened(String name) {
    if (moments.put(name, clock.millis()) == null) {
      gauge(name, () -> (clock.millis() - moments.getOrDefault(name, clock.millis())) * 1e-3);
    }
  }

  private void gauge(String name, Gauge<Double> gauge) {
    registry.gauge(name, () -> gauge);
  }
}
