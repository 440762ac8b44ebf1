package dev.armature.job;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.round.TrainingPlan;
import java.util.Locale;

/** Whether the driver's heap can hold query, key and velocity of every modality often enough. */
final class DriverMemory {
  /**
   * At the end of a round: the state with which the round began, the averages as they arrive, the
   * state made of them, and a serialized copy on its way out.
   */
  private static final int COPIES_IN_TRAINING = 4;

  private static final int VECTORS = 3;
  private static final double OTHERWISE_GIGABYTES = 0.75;

  private DriverMemory() {}

  /**
   * Whether a run can be trained.
   *
   * @param heap bytes that the heap may grow to
   * @throws UserMistakeException if that is too little, with the number to set
   */
  static void require(TrainingPlan plan, long heap) {
    require(plan.encoder(), plan.modalities().size(), COPIES_IN_TRAINING, heap);
  }

  /**
   * Whether so many copies of a state can be held.
   *
   * @param heap bytes that the heap may grow to
   * @throws UserMistakeException if that is too little, with the number to set
   */
  static void require(EncoderShape shape, int modalities, int copies, long heap) {
    long numbers = (long) new ParameterLayout(shape).size() * modalities * VECTORS;
    double needed = 1e-9 * numbers * Float.BYTES * copies + OTHERWISE_GIGABYTES;
    if (heap * 1e-9 < needed) {
      int gigabytes = (int) Math.ceil(needed);
      throw new UserMistakeException(
          String.format(
              Locale.ROOT,
              "encoders of hidden %d need about %d GB of heap on the driver, it has %.1f: set ARMATURE_MEMORY=%dg for deploy/local/submit, --driver-memory %dg for spark-submit",
              shape.hidden(),
              gigabytes,
              heap * 1e-9,
              gigabytes,
              gigabytes));
    }
  }
}
