package dev.armature.job;

import dev.armature.encoder.ParameterLayout;
import dev.armature.round.TrainingPlan;
import java.util.Locale;

/**
 * Whether the driver's heap can hold a run. At the end of a round it holds the state with which the
 * round began, the averages as they arrive, the state made of them, and a serialized copy on its
 * way out: four times query, key and velocity of every modality.
 */
final class DriverMemory {
  private static final int COPIES = 4;
  private static final int VECTORS = 3;
  private static final double OTHERWISE_GIGABYTES = 0.75;

  private DriverMemory() {}

  /**
   * @param heap bytes that the heap may grow to
   * @throws UserMistakeException if that is too little, with the number to set
   */
  static void require(TrainingPlan plan, long heap) {
    long numbers =
        (long) new ParameterLayout(plan.encoder()).size() * plan.modalities().size() * VECTORS;
    double needed = 1e-9 * numbers * Float.BYTES * COPIES + OTHERWISE_GIGABYTES;
    if (heap * 1e-9 < needed) {
      int gigabytes = (int) Math.ceil(needed);
      throw new UserMistakeException(
          String.format(
              Locale.ROOT,
              "encoders of hidden %d need about %d GB of heap on the driver, it has %.1f: set ARMATURE_MEMORY=%dg for deploy/local/submit, --driver-memory %dg for spark-submit",
              plan.encoder().hidden(),
              gigabytes,
              heap * 1e-9,
              gigabytes,
              gigabytes));
    }
  }
}
