package dev.armature.job;

import java.util.List;

/**
 * How a JVM is started that lives for seconds. Tests start many, and of a Spark that lives for
 * seconds most of the time goes into classes: loading, verifying and compiling them.
 */
final class BriefJvm {
  /**
   * The first compiler alone, since what the second makes faster is over before it pays; no threads
   * for garbage; libraries' classes are believed to be valid. None of this may change a number that
   * a run ends in: that runs end in the checkpoint of a JVM without these options is what the
   * callers assert.
   */
  static final List<String> OPTIONS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-BytecodeVerificationRemote");

  private BriefJvm() {}

  /** For settings and variables that hold a whole line of options. */
  static String line() {
    return String.join(" ", OPTIONS);
  }
}
