package dev.armature.dataset.store;

import org.apache.spark.sql.SparkSession;

/** A Spark session in this JVM, for tests. */
final class LocalSpark {
  private LocalSpark() {}

  static SparkSession session(int cores) {
    return SparkSession.builder()
        .master("local[" + cores + "]")
        .appName("test")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate();
  }
}
