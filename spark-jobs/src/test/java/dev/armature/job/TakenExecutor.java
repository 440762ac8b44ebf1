package dev.armature.job;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.collection.JavaConverters;

/**
 * A cluster that takes an executor away and gives no other: the one that runs a certain task of a
 * stage which trains, as soon as it has begun with it. A Spark plugin, for the driver.
 */
public final class TakenExecutor implements SparkPlugin {
  /** The number of tasks before it, of those that begin in stages with shards; a Spark setting. */
  static final String AFTER = "spark.armature.test.taken-after";

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {
      @Override
      public Map<String, String> init(SparkContext spark, PluginContext context) {
        int after = spark.conf().getInt(AFTER, Integer.MAX_VALUE);
        AtomicInteger begun = new AtomicInteger();
        spark.addSparkListener(
            new SparkListener() {
              @Override
              public void onTaskStart(SparkListenerTaskStart start) {
                if (begun.incrementAndGet() == after) {
                  take(spark, start.taskInfo().executorId());
                }
              }
            });
        return Map.of();
      }
    };
  }

  private static void take(SparkContext spark, String executor) {
    // Not on the thread of the listeners, which Spark needs for taking it away.
    Thread thread =
        new Thread(
            () -> spark.killExecutors(JavaConverters.asScalaBuffer(List.of(executor)).toSeq()),
            "takes executor " + executor);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return null;
  }
}
