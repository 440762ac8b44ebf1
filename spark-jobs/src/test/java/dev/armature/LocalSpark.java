package dev.armature;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** A Spark in this JVM, for one class of tests. */
public final class LocalSpark {
  private LocalSpark() {}

  /** Two threads. */
  public static JavaSparkContext context() {
    return context(Map.of());
  }

  /** Two threads, and other settings. */
  public static JavaSparkContext context(Map<String, String> more) {
    SparkConf conf = conf("local[2]");
    more.forEach(conf::set);
    return new JavaSparkContext(conf);
  }

  /**
   * Two threads with a plugin, where a task may fail twice before the run does.
   *
   * @param plugin a Spark plugin
   */
  public static JavaSparkContext failing(Class<?> plugin) {
    return new JavaSparkContext(conf("local[2,3]").set("spark.plugins", plugin.getName()));
  }

  /** So many threads. */
  public static SparkSession session(int cores) {
    return SparkSession.builder().config(conf("local[" + cores + "]")).getOrCreate();
  }

  private static SparkConf conf(String master) {
    return new SparkConf()
        .setMaster(master)
        .setAppName("test")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "localhost")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }
}
