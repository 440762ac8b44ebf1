package dev.armature.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The versions of what computes. */
final class Versions {
  private Versions() {}

  /** Armature's own, and that of the libraries whose arithmetic is in the numbers. */
  static Map<String, String> current() {
    Map<String, String> versions = new TreeMap<>();
    versions.put("armature", of("dev.armature", "spark-jobs"));
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    versions.put("nd4j", of("org.nd4j", "nd4j-api"));
    versions.put("onednn", onednn());
    versions.put("java", Runtime.version().toString());
    return versions;
  }

  /** What Maven wrote into an artifact; the same in the jar that holds them all. */
  private static String of(String group, String artifact) {
    String file = "/META-INF/maven/%s/%s/pom.properties".formatted(group, artifact);
    try (InputStream in = Versions.class.getResourceAsStream(file)) {
      if (in == null) {
        return "unreleased";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static String onednn() {
    return "%d.%d.%d"
        .formatted(
            org.bytedeco.dnnl.global.dnnl.DNNL_VERSION_MAJOR,
            org.bytedeco.dnnl.global.dnnl.DNNL_VERSION_MINOR,
            org.bytedeco.dnnl.global.dnnl.DNNL_VERSION_PATCH);
  }
}
