package dev.armature.round;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Keeps track of executors that come and go, for the account of a round. Spark tells of them a
 * little later than they do. Thread-safe.
 */
final class ExecutorWatch extends SparkListener {
  /** A large cluster starts hundreds at once. */
  private static final int MOST_LINES = 20;

  private final Map<String, String> hosts = new ConcurrentHashMap<>();
  private final List<String> lines = new ArrayList<>();
  private int unnamed;

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    String host = added.executorInfo().executorHost();
    hosts.put(added.executorId(), host);
    note(
        "executor %s on %s came, with %d cores"
            .formatted(added.executorId(), host, added.executorInfo().totalCores()));
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    note(
        "executor %s on %s was lost: %s"
            .formatted(
                removed.executorId(),
                hosts.getOrDefault(removed.executorId(), "an unknown host"),
                removed.reason()));
  }

  private synchronized void note(String line) {
    if (lines.size() < MOST_LINES) {
      lines.add(line);
    } else {
      unnamed++;
    }
  }

  /** What happened since the last call, a line each. */
  synchronized List<String> drain() {
    List<String> drained = new ArrayList<>(lines);
    if (unnamed > 0) {
      drained.add("and %d more came or were lost".formatted(unnamed));
    }
    lines.clear();
    unnamed = 0;
    return drained;
  }
}
