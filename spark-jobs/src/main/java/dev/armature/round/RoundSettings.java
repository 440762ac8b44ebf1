package dev.armature.round;

import java.io.Serializable;

/**
 * How training is distributed.
 *
 * @param workers number of workers that train side by side, at least 1
 * @param coresPerWorker processor cores that a worker's native libraries use, at least 1
 * @param localSteps steps a worker takes between two averages, at least 1
 * @param teacher when the key encoders move
 * @param sharing what the workers share between two rounds
 */
public record RoundSettings(
    int workers, int coresPerWorker, int localSteps, Teacher teacher, Sharing sharing)
    implements Serializable {

  /** The same, where everything is shared. */
  public RoundSettings(int workers, int coresPerWorker, int localSteps, Teacher teacher) {
    this(workers, coresPerWorker, localSteps, teacher, Sharing.EVERYTHING);
  }

  /** The same for another number of workers, with their cores. */
  public RoundSettings on(int otherWorkers, int cores) {
    return new RoundSettings(otherWorkers, cores, localSteps, teacher, sharing);
  }
}
