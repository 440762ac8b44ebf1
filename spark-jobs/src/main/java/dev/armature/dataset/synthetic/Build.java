package dev.armature.dataset.synthetic;

import java.util.SplittableRandom;

/**
 * A person's build and manner: the same in all that the person does.
 *
 * @param trunk length of hips to shoulder height against the average
 * @param arms length of the arms against the average
 * @param legs length of the legs against the average
 * @param breadth width of shoulders and hips against the average
 * @param tempo speed against the average
 * @param reach size of movements against the average
 * @param leftHanded whether the left side leads, as a rule
 * @param posture the pose the person stands in at rest, radians by {@link Freedom}
 */
record Build(
    double trunk,
    double arms,
    double legs,
    double breadth,
    double tempo,
    double reach,
    boolean leftHanded,
    double[] posture) {

  /** A random person. */
  static Build random(SplittableRandom random) {
    // Standing height of adults spreads by about ±10 %, single segments by some ±7 % around that.
    double height = random.nextDouble(0.89, 1.11);
    return new Build(
        height * random.nextDouble(0.93, 1.07),
        height * random.nextDouble(0.93, 1.07),
        height * random.nextDouble(0.93, 1.07),
        height * random.nextDouble(0.88, 1.14),
        random.nextDouble(0.75, 1.3),
        random.nextDouble(0.8, 1.15),
        random.nextDouble() < 0.2,
        Posture.random(random));
  }
}
