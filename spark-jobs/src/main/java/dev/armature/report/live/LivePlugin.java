package dev.armature.report.live;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Adds a run's figures to Spark's metrics. Spark makes it from {@code spark.plugins}. What goes
 * wrong with figures never ends a run.
 */
public final class LivePlugin implements SparkPlugin {

  /** For Spark. */
  public LivePlugin() {}

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverFigures();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorSampler();
  }
}
