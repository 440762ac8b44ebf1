package dev.armature.evaluate;

/** Hears how far an evaluation has come; called on the driver, by one thread. */
@FunctionalInterface
public interface EvaluationProgress {

  /** Tells nobody. */
  EvaluationProgress SILENT = (phase, done, total) -> {};

  /**
   * Some work of a phase is done. Every phase is told of at least twice: before its first work and
   * after its last.
   *
   * @param phase for instance {@code linear.joint}
   * @param done 0 to total
   * @param total in the phase's own unit (tasks, epochs), at least 1
   */
  void advanced(String phase, long done, long total);
}
