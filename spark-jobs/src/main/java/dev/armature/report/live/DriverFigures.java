package dev.armature.report.live;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * The driver's part of the plugin: the run's figures, and by executor those that the executors
 * send, which have no servlet of their own. Spark calls from several threads.
 */
final class DriverFigures implements DriverPlugin {
  private String application = "";
  private RunFigures figures;

  @Override
  public Map<String, String> init(SparkContext spark, PluginContext context) {
    figures = new RunFigures(context.metricRegistry());
    RunFigures shown = figures;
    spark.addSparkListener(
        new SparkListener() {
          @Override
          public void onExecutorAdded(SparkListenerExecutorAdded added) {
            shown.expect(added.executorId());
          }

          @Override
          public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
            shown.forget(removed.executorId());
          }
        });
    return Map.of();
  }

  @Override
  public void registerMetrics(String applicationId, PluginContext context) {
    application = applicationId;
    RunFigures.show(applicationId, figures);
  }

  @Override
  public Object receive(Object message) {
    if (message instanceof ExecutorFigures sent) {
      figures.show(sent);
    }
    return null;
  }

  @Override
  public void shutdown() {
    RunFigures.hide(application);
  }
}
