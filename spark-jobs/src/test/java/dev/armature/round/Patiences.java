package dev.armature.round;

import java.time.Duration;
import java.util.function.Consumer;

/** Patience for tests. */
public final class Patiences {
  private Patiences() {}

  /** Tries again after a millisecond, for as long as a test may take. */
  public static Patience quick(Consumer<String> told) {
    return new Patience(Duration.ofMinutes(5), Duration.ofMillis(1), told);
  }

  /** Tries again a few times. */
  public static Patience brief(Consumer<String> told) {
    return new Patience(Duration.ofMillis(40), told);
  }
}
