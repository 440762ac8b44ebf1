package dev.armature.job;

import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A driver's settings for executors with processes of their own, on this machine. */
final class LocalCluster {
  private LocalCluster() {}

  /**
   * Executors with one core and one gigabyte each, that know the classes of tests. The run begins
   * when all are there, however long that takes; one that dies is replaced, however many have died
   * before.
   */
  static Map<String, String> of(int executors) {
    return of(executors, Map.of());
  }

  /**
   * The same.
   *
   * @param more settings, which win over these
   */
  static Map<String, String> of(int executors, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.master", "local-cluster[%d,1,1024]".formatted(executors));
    settings.put("spark.executor.memory", "1g");
    settings.put(
        "spark.executor.extraClassPath",
        Path.of("target", "classes").toAbsolutePath()
            + File.pathSeparator
            + Path.of("target", "test-classes").toAbsolutePath());
    settings.put("spark.executor.extraJavaOptions", BriefJvm.line());
    settings.put("spark.cores.max", Integer.toString(executors));
    settings.put("spark.scheduler.minRegisteredResourcesRatio", "1");
    settings.put("spark.scheduler.maxRegisteredResourcesWaitingTime", "5min");
    settings.put("spark.deploy.maxExecutorRetries", "-1");
    settings.putAll(more);
    return settings;
  }
}
