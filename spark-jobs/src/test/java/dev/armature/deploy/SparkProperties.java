package dev.armature.deploy;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.util.Utils;

/** Properties files as spark-submit reads them. */
final class SparkProperties {
  private SparkProperties() {}

  static Map<String, String> read(String relative) {
    Map<String, String> properties = new HashMap<>();
    Utils.getPropertiesFromFile(Repository.path(relative).toString())
        .foreach(entry -> properties.put(entry._1, entry._2));
    return properties;
  }
}
