package dev.armature.dataset.synthetic;

import dev.armature.dataset.DatasetException;
import java.io.Serializable;

/**
 * Size and difficulty of a generated data set. It has actions · subjects · repetitions
 * performances, each seen by three cameras.
 *
 * @param subjects number of persons, 2 to 999
 * @param repetitions how often each person performs each action, 1 to 999
 * @param noise sensor noise against an ordinary Kinect v2; 0 for none
 * @param seed the same seed gives the same data set, bit for bit
 */
public record SyntheticOptions(int subjects, int repetitions, double noise, long seed)
    implements Serializable {

  /**
   * @throws DatasetException if a value is out of its range
   */
  public SyntheticOptions {
    range("subjects", subjects, 2);
    range("repetitions", repetitions, 1);
    if (!(noise >= 0 && noise <= 100)) {
      throw new DatasetException(
          "synthetic noise must be from 0 to 100, found %s".formatted(noise));
    }
  }

  /** Ten persons, four repetitions: 2,160 sequences. */
  public static SyntheticOptions defaults(long seed) {
    return new SyntheticOptions(10, 4, 1, seed);
  }

  private static void range(String name, int value, int least) {
    if (value < least || value > 999) {
      throw new DatasetException(
          "synthetic %s must be from %d to 999, found %d".formatted(name, least, value));
    }
  }
}
