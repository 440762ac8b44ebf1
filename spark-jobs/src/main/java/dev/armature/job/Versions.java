package dev.armature.job;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.nd4j.linalg.factory.Nd4j;

/** The versions of what computes. */
final class Versions {
  private Versions() {}

  /** Armature's own, and that of the libraries whose arithmetic is in the numbers. */
  static Map<String, String> current() {
    Map<String, String> versions = new TreeMap<>();
    versions.put("armature", of(Versions.class));
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    versions.put("nd4j", of(Nd4j.class));
    versions.put("onednn", onednn());
    versions.put("java", Runtime.version().toString());
    return versions;
  }

  private static String of(Class<?> type) {
    return Objects.requireNonNullElse(type.getPackage().getImplementationVersion(), "unreleased");
  }

  private static String onednn() {
    return "%d.%d.%d"
        .formatted(
            org.bytedeco.dnnl.global.dnnl.DNNL_VERSION_MAJOR,
            org.bytedeco.dnnl.global.dnnl.DNNL_VERSION_MINOR,
            org.bytedeco.dnnl.global.dnnl.DNNL_VERSION_PATCH);
  }
}
