package dev.armature.round;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Fails tasks at their very end, when all their work is done: as many attempts of every task that
 * is started while {@link #ARMED} is set as a local property as that says. Counts failed tasks. A
 * Spark plugin, for a local master.
 */
public final class LateFailure implements SparkPlugin {
  /** The local property: a number of attempts. */
  static final String ARMED = "armature.test.late-failure";

  private static final AtomicInteger FAILURES = new AtomicInteger();

  /** How many tasks have failed in this process, for this reason or another. */
  static int failures() {
    return FAILURES.get();
  }

  @Override
  public DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void onTaskStart() {
        TaskContext task = TaskContext.get();
        String attempts = task.getLocalProperty(ARMED);
        if (attempts != null && task.attemptNumber() < Integer.parseInt(attempts)) {
          // The first listener to be added is the last to be called.
          task.addTaskCompletionListener((TaskCompletionListener) context -> fail());
        }
      }

      @Override
      public void onTaskFailed(TaskFailedReason reason) {
        FAILURES.incrementAndGet();
      }
    };
  }

  private static void fail() {
    throw new IllegalStateException("this attempt is lost");
  }
}
