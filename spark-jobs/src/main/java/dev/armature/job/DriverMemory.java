package dev.armature.job;

import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.round.TrainingPlan;
import java.util.Locale;

/** Whether the driver's heap can hold a training state, or the vectors of one, often enough. */
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
    long bytes = stateBytes(plan.encoder(), plan.modalities().size(), 0);
    require(
        "encoders of hidden %d".formatted(plan.encoder().hidden()),
        bytes * COPIES_IN_TRAINING,
        heap);
  }

  /**
   * Bytes of query, key and velocity of every modality, and of the queues of each.
   *
   * @param queue keys in a queue
   */
  static long stateBytes(EncoderShape shape, int modalities, int queue) {
    long encoder = (long) new ParameterLayout(shape).size() * VECTORS;
    long queues = (long) queue * shape.embedding() * shape.heads();
    return (encoder + queues) * modalities * Float.BYTES;
  }

  /**
   * Whether so many bytes can be held, besides what every command takes.
   *
   * @param what takes them, in the plural
   * @param heap bytes that the heap may grow to
   * @throws UserMistakeException if that is too little, with the number to set
   */
  static void require(String what, long bytes, long heap) {
    double needed = 1e-9 * bytes + OTHERWISE_GIGABYTES;
    if (heap * 1e-9 < needed) {
      int gigabytes = (int) Math.ceil(needed);
      throw new UserMistakeException(
          String.format(
              Locale.ROOT,
              "%s need about %d GB of heap on the driver, it has %.1f: set ARMATURE_MEMORY=%dg for deploy/local/submit, --driver-memory %dg for spark-submit",
              what,
              gigabytes,
              heap * 1e-9,
              gigabytes,
              gigabytes));
    }
  }
}
