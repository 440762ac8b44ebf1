package dev.armature.evaluate.embedding;

import java.util.List;

/**
 * Keeps Spark ML's linear algebra apart from the encoders'. Spark looks for the machine's own BLAS;
 * where that is an OpenBLAS, of another version than the one that comes with us, the two find each
 * other's functions in one process, and it crashes (seen with Debian's). Without a native library
 * Spark takes its own of Java.
 */
final class SparkBlas {
  private static final String PREFIX = "dev.ludovic.netlib.";

  private SparkBlas() {}

  /**
   * Has Spark ML take its Java implementation in this process, unless a library was chosen by the
   * user. Of use before Spark ML first computes.
   */
  static void keepApart() {
    for (String library : List.of("blas", "lapack", "arpack")) {
      String name = PREFIX + library + ".nativeLib";
      if (System.getProperty(name) == null && System.getProperty(name + "Path") == null) {
        System.setProperty(name, "none-armature-has-its-own");
      }
    }
  }
}
