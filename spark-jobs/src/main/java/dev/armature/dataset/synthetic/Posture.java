package dev.armature.dataset.synthetic;

import java.util.SplittableRandom;

/** How people stand when they do nothing in particular. */
final class Posture {
  private Posture() {}

  /** A habitual posture: radians by {@link Freedom}, some degrees around upright. */
  static double[] random(SplittableRandom random) {
    double[] pose = new double[Freedom.COUNT];
    spread(random, pose, Freedom.SPINE_PITCH, 6, 6);
    spread(random, pose, Freedom.PELVIS_PITCH, 0, 4);
    spread(random, pose, Freedom.HEAD_PITCH, 4, 8);
    spread(random, pose, Freedom.ARM_SPREAD, 10, 6);
    spread(random, pose, Freedom.OTHER_ARM_SPREAD, 10, 6);
    spread(random, pose, Freedom.ARM_RAISE, 4, 6);
    spread(random, pose, Freedom.OTHER_ARM_RAISE, 4, 6);
    spread(random, pose, Freedom.ELBOW, 18, 10);
    spread(random, pose, Freedom.OTHER_ELBOW, 18, 10);
    spread(random, pose, Freedom.LEG_SPREAD, 5, 4);
    spread(random, pose, Freedom.OTHER_LEG_SPREAD, 5, 4);
    spread(random, pose, Freedom.KNEE, 6, 4);
    spread(random, pose, Freedom.OTHER_KNEE, 6, 4);
    return pose;
  }

  private static void spread(
      SplittableRandom random, double[] pose, Freedom freedom, double mean, double range) {
    pose[freedom.index()] = Math.toRadians(mean + random.nextDouble(-range, range));
  }
}
