package dev.armature.job.preflight;

import java.util.Map;
import org.apache.spark.SparkConf;

/** Spark configurations for tests. */
final class Layouts {
  private Layouts() {}

  static SparkLayout of(String master, Map<String, String> settings) {
    SparkConf conf = new SparkConf(false).set("spark.master", master);
    settings.forEach(conf::set);
    return SparkLayout.of(conf);
  }
}
