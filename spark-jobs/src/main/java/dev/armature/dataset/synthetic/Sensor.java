package dev.armature.dataset.synthetic;

import dev.armature.dataset.BodyTracks;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A depth sensor that watches a performance: viewpoint, noise, occlusion, joints and persons that
 * are lost for a while. Coordinates come as from a Kinect v2: x to the sensor's left, y up, z away
 * from it, in metres.
 */
final class Sensor {
  /** Number of viewpoints. */
  static final int CAMERAS = 3;

  /** Viewpoints as in NTU RGB+D: from one side, from the front, from the other side. */
  private static final double[] BEARING = {-45, 0, 45};

  // Noise of Kinect v2 joints grows with the square of the distance and is some millimetres at 3 m;
  // slow wander and occluded joints are worse by far (Wang et al., "Evaluation of pose tracking
  // accuracy in the first and second generations of Microsoft Kinect", ICHI 2015).
  private static final double JITTER = 0.004;
  private static final double WANDER = 0.012;
  private static final double WANDER_KEEPS = 0.88;
  private static final double OCCLUDED = 3.5;
  private static final double AT_EXTREMITY = 1.8;

  private static final double LOSS_CHANCE = 0.12;
  private static final int LONGEST_LOSS = 25;
  private static final double LATE_CHANCE = 0.1;

  /** Joints that the sensor may lose: hands and feet with what is next to them. */
  private static final int[] LOSABLE = {3, 6, 7, 10, 11, 14, 15, 18, 19, 21, 22, 23, 24};

  private final double[] eye;
  private final double[] left;
  private final double[] up;
  private final double[] ahead;
  private final double noise;
  private final SplittableRandom random;

  /**
   * @param camera from 1
   * @param noise against an ordinary sensor
   * @param random the recording's own stream
   */
  Sensor(int camera, double noise, SplittableRandom random) {
    this.noise = noise;
    this.random = random;
    double bearing = Math.toRadians(BEARING[camera - 1] + random.nextDouble(-6, 6));
    double tilt = Math.toRadians(random.nextDouble(-8, 8));
    double distance = random.nextDouble(2.6, 3.6);
    // The sensor's axes in the room: first turned to the person, then tilted about its own x.
    double[] turn = Turn.times(Turn.about(2, Math.PI - bearing), Turn.about(0, tilt));
    this.left = new double[] {-turn[0], -turn[3], -turn[6]};
    this.ahead = new double[] {turn[1], turn[4], turn[7]};
    this.up = new double[] {turn[2], turn[5], turn[8]};
    this.eye =
        new double[] {
          -distance * ahead[0] + random.nextDouble(-0.3, 0.3),
          -distance * ahead[1] + random.nextDouble(-0.3, 0.3),
          random.nextDouble(0.9, 1.5)
        };
  }

  /** Records a performance. */
  BodyTracks record(Performance performance) {
    int frames = performance.frames();
    int size = Body.JOINTS * 3;
    float[] coordinates = new float[performance.persons() * frames * size];
    for (int person = 0; person < performance.persons(); person++) {
      double[] seen = project(performance.positions(person));
      disturb(seen, frames);
      lose(seen, frames, person);
      for (int i = 0; i < seen.length; i++) {
        coordinates[person * frames * size + i] = (float) seen[i];
      }
    }
    return new BodyTracks(performance.persons(), frames, Body.JOINTS, coordinates);
  }

  private double[] project(double[] positions) {
    double[] seen = new double[positions.length];
    for (int at = 0; at < positions.length; at += 3) {
      double x = positions[at] - eye[0];
      double y = positions[at + 1] - eye[1];
      double z = positions[at + 2] - eye[2];
      seen[at] = left[0] * x + left[1] * y + left[2] * z;
      seen[at + 1] = up[0] * x + up[1] * y + up[2] * z;
      seen[at + 2] = ahead[0] * x + ahead[1] * y + ahead[2] * z;
    }
    return seen;
  }

  private void disturb(double[] seen, int frames) {
    double[] wander = new double[Body.JOINTS * 3];
    double fresh = Math.sqrt(1 - WANDER_KEEPS * WANDER_KEEPS);
    for (int frame = 0; frame < frames; frame++) {
      int start = frame * Body.JOINTS * 3;
      double trunkX = seen[start + 3];
      double trunkZ = seen[start + 5];
      for (int joint = 0; joint < Body.JOINTS; joint++) {
        int at = start + joint * 3;
        double depth = seen[at + 2] / 3;
        boolean hidden = seen[at + 2] > trunkZ + 0.1 && Math.abs(seen[at] - trunkX) < 0.2;
        double scale = noise * (hidden ? OCCLUDED : 1) * (extremity(joint) ? AT_EXTREMITY : 1);
        for (int axis = 0; axis < 3; axis++) {
          int w = joint * 3 + axis;
          wander[w] = WANDER_KEEPS * wander[w] + fresh * WANDER * scale * random.nextGaussian();
          seen[at + axis] += wander[w] + noise * JITTER * depth * depth * random.nextGaussian();
        }
      }
    }
  }

  private void lose(double[] seen, int frames, int person) {
    int size = Body.JOINTS * 3;
    for (int joint : LOSABLE) {
      if (random.nextDouble() < LOSS_CHANCE * Math.min(1, noise)) {
        int start = random.nextInt(frames);
        int stop = Math.min(frames, start + random.nextInt(3, LONGEST_LOSS + 1));
        for (int frame = start; frame < stop; frame++) {
          Arrays.fill(seen, frame * size + joint * 3, frame * size + joint * 3 + 3, 0);
        }
      }
    }
    if (person > 0 && random.nextDouble() < LATE_CHANCE * Math.min(1, noise)) {
      Arrays.fill(seen, 0, size * random.nextInt(1, frames / 4), 0);
    }
  }

  private static boolean extremity(int joint) {
    for (int losable : LOSABLE) {
      if (losable == joint) {
        return true;
      }
    }
    return false;
  }
}
