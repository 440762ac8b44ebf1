package dev.armature.augment;

import java.io.Serializable;
import java.util.Objects;

/**
 * How views are made. Three uses share these settings: pre-training takes two random views of a
 * sequence, training a classifier on top takes one milder crop, evaluation takes the centre.
 *
 * @param temporal whether pre-training and classifiers' training crop at random
 * @param spatial whether pre-training shears and corrupts at random
 * @param frames frames of a view, at least 1
 * @param minimumCrop the fewest frames a random crop keeps where the sequence has them, at least 1
 * @param minimumRatio smallest share of a sequence that a pre-training crop asks for, in (0, 1]
 * @param downstreamRatio smallest share of a sequence that a downstream crop asks for, in (0, 1]
 * @param evaluationRatio the share of a sequence, around its centre, that evaluation looks at, in
 *     (0, 1]
 * @param corruptedShare the share of the joints that a corruption touches, in [0, 1]; the number is
 *     rounded to the nearest
 */
public record AugmentSettings(
    Temporal temporal,
    Spatial spatial,
    int frames,
    int minimumCrop,
    double minimumRatio,
    double downstreamRatio,
    double evaluationRatio,
    double corruptedShare)
    implements Serializable {

  /** Which part of a sequence a view shows, that of evaluation apart. */
  public enum Temporal {
    /** A part of random length at a random place. */
    RANDOM,
    /** The centre, as in evaluation; both views of pre-training then show the same frames. */
    CENTRE
  }

  /** What happens to the coordinates of a pre-training view. */
  public enum Spatial {
    /** With equal chance a shear or a corruption of some joints. */
    RANDOM,
    /** Nothing. */
    NONE
  }

  /** The values of the published recipes of CMD (Mao et al., ECCV 2022). */
  public static final AugmentSettings PUBLISHED =
      new AugmentSettings(Temporal.RANDOM, Spatial.RANDOM, 64, 64, 0.1, 0.5, 0.95, 0.6);

  /**
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  public AugmentSettings {
    Objects.requireNonNull(temporal, "temporal");
    Objects.requireNonNull(spatial, "spatial");
    atLeastOne("frames", frames);
    atLeastOne("minimumCrop", minimumCrop);
    share("minimumRatio", minimumRatio);
    share("downstreamRatio", downstreamRatio);
    share("evaluationRatio", evaluationRatio);
    if (!(corruptedShare >= 0 && corruptedShare <= 1)) {
      throw new IllegalArgumentException(
          "corruptedShare must be in [0, 1], found " + corruptedShare);
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, found " + value);
    }
  }

  private static void share(String name, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(
          name + " must be greater than 0 and at most 1, found " + value);
    }
  }
}
