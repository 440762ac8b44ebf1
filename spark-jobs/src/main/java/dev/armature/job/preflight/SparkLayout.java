package dev.armature.job.preflight;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/**
 * What a Spark configuration says of executors, before there are any.
 *
 * @param manager who runs them
 * @param master as it is configured
 * @param taskCores cores of a task
 * @param executorCores cores of an executor; 0 where the cluster decides
 * @param executors how many are asked for, or may be asked for at most; 0 where the cluster decides
 * @param dynamic whether they come and go with the work
 * @param executorHeap bytes
 * @param executorOverhead bytes beside the heap that an executor's container allows; {@link
 *     #UNLIMITED} where nobody counts
 * @param driverHeap bytes that are configured for the driver's heap
 * @param driverOverhead bytes beside the driver's heap that its container allows; {@link
 *     #UNLIMITED} where nobody counts
 * @param executorGpus of each executor
 * @param taskGpus of each task; may be a part of one
 */
public record SparkLayout(
    Manager manager,
    String master,
    int taskCores,
    int executorCores,
    int executors,
    boolean dynamic,
    long executorHeap,
    long executorOverhead,
    long driverHeap,
    long driverOverhead,
    int executorGpus,
    double taskGpus) {

  /** Who runs executors. */
  public enum Manager {
    /** This process is all there is. */
    LOCAL,
    /** Processes that this one starts. */
    LOCAL_CLUSTER,
    /** Spark's own. */
    STANDALONE,
    /** Containers of YARN. */
    YARN,
    /** Pods. */
    KUBERNETES
  }

  /** No limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\*|\\d+)(?:,\\s*\\d+)?\\])?");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");

  /** Spark's defaults: a tenth of the heap, at least 384 MiB. */
  private static final double OVERHEAD_FACTOR = 0.1;

  private static final long LEAST_OVERHEAD = 384L << 20;

  /** Reads a configuration, whose master is set. */
  public static SparkLayout of(SparkConf conf) {
    String master = conf.get("spark.master");
    Manager manager = manager(master);
    long executorHeap = bytes(conf, "spark.executor.memory", "1g");
    long driverHeap = bytes(conf, "spark.driver.memory", "1g");
    boolean contained = manager == Manager.YARN || manager == Manager.KUBERNETES;
    boolean clusterMode = conf.get("spark.submit.deployMode", "client").equals("cluster");
    int taskCores = conf.getInt("spark.task.cpus", 1);
    int executorCores = executorCores(conf, manager, master);
    boolean dynamic = conf.getBoolean("spark.dynamicAllocation.enabled", false);
    return new SparkLayout(
        manager,
        master,
        taskCores,
        executorCores,
        executors(conf, manager, master, executorCores, dynamic),
        dynamic,
        executorHeap,
        contained ? overhead(conf, "spark.executor", executorHeap) : UNLIMITED,
        driverHeap,
        contained && clusterMode ? overhead(conf, "spark.driver", driverHeap) : UNLIMITED,
        conf.getInt("spark.executor.resource.gpu.amount", 0),
        conf.getDouble("spark.task.resource.gpu.amount", 0));
  }

  private static Manager manager(String master) {
    if (LOCAL.matcher(master).matches()) {
      return Manager.LOCAL;
    }
    if (LOCAL_CLUSTER.matcher(master).matches()) {
      return Manager.LOCAL_CLUSTER;
    }
    if (master.toLowerCase(Locale.ROOT).startsWith("yarn")) {
      return Manager.YARN;
    }
    return master.startsWith("k8s:") ? Manager.KUBERNETES : Manager.STANDALONE;
  }

  /** Cores of a local master; 0 for a cluster. */
  public static int localCores(String master) {
    Matcher local = LOCAL.matcher(master);
    if (!local.matches()) {
      return 0;
    }
    if (local.group(1) == null) {
      return 1;
    }
    return local.group(1).equals("*")
        ? Runtime.getRuntime().availableProcessors()
        : Integer.parseInt(local.group(1));
  }

  private static int executorCores(SparkConf conf, Manager manager, String master) {
    return switch (manager) {
      case LOCAL -> localCores(master);
      case LOCAL_CLUSTER -> conf.getInt("spark.executor.cores", ofLocalCluster(master, 2));
      case STANDALONE -> conf.getInt("spark.executor.cores", 0);
      case YARN, KUBERNETES -> conf.getInt("spark.executor.cores", 1);
    };
  }

  private static int executors(
      SparkConf conf, Manager manager, String master, int executorCores, boolean dynamic) {
    if (dynamic) {
      return conf.getInt("spark.dynamicAllocation.maxExecutors", 0);
    }
    return switch (manager) {
      case LOCAL -> 1;
      case LOCAL_CLUSTER -> ofLocalCluster(master, 1);
      case STANDALONE -> executorCores == 0 ? 0 : conf.getInt("spark.cores.max", 0) / executorCores;
      case YARN, KUBERNETES -> conf.getInt("spark.executor.instances", 2);
    };
  }

  private static int ofLocalCluster(String master, int place) {
    Matcher numbers = LOCAL_CLUSTER.matcher(master);
    return numbers.matches() ? Integer.parseInt(numbers.group(place)) : 0;
  }

  private static long overhead(SparkConf conf, String process, long heap) {
    double factor = conf.getDouble(process + ".memoryOverheadFactor", OVERHEAD_FACTOR);
    long usual = Math.max(LEAST_OVERHEAD, Math.round(factor * heap));
    return conf.contains(process + ".memoryOverhead")
        ? bytes(conf, process + ".memoryOverhead", "0")
        : usual;
  }

  private static long bytes(SparkConf conf, String key, String usual) {
    return conf.getSizeAsMb(key, usual) << 20;
  }

  /** Tasks that an executor can run at once; 0 where the cluster decides, or it is too small. */
  public int slotsPerExecutor() {
    return executorCores / taskCores;
  }

  /** Tasks that can run at once when all executors have come; 0 where the cluster decides. */
  public int slots() {
    return executors * slotsPerExecutor();
  }
}
