package dev.armature.evaluate;

import java.util.Set;

/** Keeps the figures of an evaluation as they come, so that what fails later costs no more. */
public interface EvaluationKeeper {
  /** Keeps nothing and has nothing. */
  EvaluationKeeper NONE =
      new EvaluationKeeper() {
        @Override
        public boolean has(String part) {
          return false;
        }

        @Override
        public void keep(Set<String> parts, EvaluationOutcome measured) {}
      };

  /**
   * Whether a part need not be measured.
   *
   * @param part the name of an {@link EvaluationPart}, or {@link EvaluationPart#GEOMETRIC}
   */
  boolean has(String part);

  /**
   * Is told when parts are measured.
   *
   * @param parts their names
   * @param measured all that was measured so far, these included, and what is needed to read it
   */
  void keep(Set<String> parts, EvaluationOutcome measured);
}
