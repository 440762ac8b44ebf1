package dev.armature.job;

import dev.armature.dataset.store.Manifest;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.evaluate.MonitorMemory;
import dev.armature.job.preflight.DriverMemoryCheck;
import dev.armature.job.preflight.SparkLayout;
import dev.armature.round.TrainingPlan;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkConf;

/** Whether the driver's heap can hold a training state, or the vectors of one, often enough. */
final class DriverMemory {
  private static final int VECTORS = 3;
  private static final double OTHERWISE_GIGABYTES = 0.75;

  private DriverMemory() {}

  /**
   * Whether runs can be trained side by side.
   *
   * @param conf of the session they are to be trained in
   * @param plan of one of them
   * @param manifest of its data
   * @param runs how many, at least 1
   * @param heap bytes that the heap may grow to
   * @param monitor what measures their encoders between rounds, if anything does
   * @throws UserMistakeException if that is too little, with the number to set
   */
  static void require(
      SparkConf conf,
      TrainingPlan plan,
      Manifest manifest,
      int runs,
      long heap,
      Optional<MonitorMemory> monitor) {
    Preflight.require(
        new DriverMemoryCheck(
                SparkLayout.of(conf), plan, Preflight.shard(plan, manifest), runs, monitor)
            .findings(heap));
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
