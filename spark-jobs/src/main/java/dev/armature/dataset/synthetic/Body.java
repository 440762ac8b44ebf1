package dev.armature.dataset.synthetic;

import static dev.armature.dataset.synthetic.Turn.about;

/**
 * A Kinect v2 skeleton on bones of fixed length, moved by joint angles (forward kinematics): every
 * joint's rotation is its parent's times its own. Immutable and thread-safe.
 */
final class Body {
  /** Joints of the layout kinect-v2, in whose order the positions come. */
  static final int JOINTS = 25;

  private static final int X = 0;
  private static final int Y = 1;
  private static final int Z = 2;

  // Average segments in metres, after Winter, "Biomechanics and Motor Control of Human Movement",
  // figure 4.1, for a height of 1.7 m, with the places at which Kinect v2 puts its joints.
  private static final double LOWER_TRUNK = 0.30;
  private static final double UPPER_TRUNK = 0.22;
  private static final double NECK = 0.07;
  private static final double HEAD = 0.15;
  private static final double SHOULDER_OUT = 0.17;
  private static final double SHOULDER_DOWN = 0.04;
  private static final double UPPER_ARM = 0.28;
  private static final double FOREARM = 0.25;
  private static final double HAND = 0.08;
  private static final double THUMB = 0.05;
  private static final double HIP_OUT = 0.085;
  private static final double HIP_DOWN = 0.05;
  private static final double THIGH = 0.42;
  private static final double SHANK = 0.40;
  private static final double FOOT = 0.14;

  private final Build build;
  private final boolean leftLeads;

  Body(Build build, boolean leftLeads) {
    this.build = build;
    this.leftLeads = leftLeads;
  }

  /**
   * The joints' positions in the room.
   *
   * @param pose by {@link Freedom}
   * @param place where the body stands: x, y in metres, heading in radians (0 looks along y)
   * @param positions written: 25 × 3 in metres, z up, the floor at 0
   */
  void place(double[] pose, double[] place, double[] positions) {
    double[] signed = pose.clone();
    if (leftLeads) {
      for (Freedom freedom : Freedom.values()) {
        signed[freedom.index()] *= freedom.mirrored() ? -1 : 1;
      }
    }
    double heading = place[2] + at(signed, Freedom.HEADING);
    double[] facing = about(Z, heading);
    double[] pelvis = Turn.times(facing, about(X, -at(signed, Freedom.PELVIS_PITCH)));
    double[] origin = new double[3];
    double sideways = at(signed, Freedom.SIDEWAYS);
    double forward = at(signed, Freedom.FORWARD);
    Turn.move(new double[] {place[0], place[1], 0}, facing, sideways, forward, 0, origin, 0);
    Turn.move(origin, pelvis, 0, 0, 0, positions, 0);

    double[] spine =
        Turn.times(
            Turn.times(pelvis, about(X, -at(signed, Freedom.SPINE_PITCH))),
            Turn.times(
                about(Y, at(signed, Freedom.SPINE_ROLL)),
                about(Z, at(signed, Freedom.SPINE_TWIST))));
    step(positions, 0, 1, halfway(pelvis, spine), 0, 0, LOWER_TRUNK * build.trunk());
    step(positions, 1, 20, spine, 0, 0, UPPER_TRUNK * build.trunk());
    double[] head =
        Turn.times(
            Turn.times(spine, about(X, -at(signed, Freedom.HEAD_PITCH))),
            about(Y, at(signed, Freedom.HEAD_ROLL)));
    step(positions, 20, 2, spine, 0, 0, NECK * build.trunk());
    step(positions, 2, 3, head, 0, 0.02, HEAD * build.trunk());

    arm(positions, signed, spine, true);
    arm(positions, signed, spine, false);
    leg(positions, signed, facing, true);
    leg(positions, signed, facing, false);
    stand(positions, at(signed, Freedom.JUMP));
  }

  /** Half of the bend of the spine lies below its middle: the pelvis' axes, half way turned. */
  private static double[] halfway(double[] pelvis, double[] spine) {
    double[] mean = new double[9];
    for (int i = 0; i < 9; i++) {
      mean[i] = (pelvis[i] + spine[i]) / 2;
    }
    // Only its third column is used, as a direction, and that is made a unit again.
    double length = Math.sqrt(mean[2] * mean[2] + mean[5] * mean[5] + mean[8] * mean[8]);
    mean[2] /= length;
    mean[5] /= length;
    mean[8] /= length;
    return mean;
  }

  private void arm(double[] positions, double[] pose, double[] spine, boolean leading) {
    int offset = (leading ? Freedom.ARM_RAISE : Freedom.OTHER_ARM_RAISE).index();
    boolean left = leading == leftLeads;
    int side = left ? -1 : 1;
    int shoulder = left ? 4 : 8;
    // The angles' signs are the leading side's; the other arm is its mirror image.
    int mirror = leading ? 1 : -1;
    double raise = pose[offset];
    double spread = pose[offset + 1] * mirror;
    double twist = pose[offset + 2] * mirror;
    double[] upper =
        Turn.times(
            Turn.times(Turn.times(spine, about(Y, -spread)), about(X, raise)), about(Z, twist));
    double[] lower = Turn.times(upper, about(X, pose[offset + 3]));
    double[] hand = Turn.times(lower, about(X, pose[offset + 4]));
    step(
        positions,
        20,
        shoulder,
        spine,
        side * SHOULDER_OUT * build.breadth(),
        0,
        -SHOULDER_DOWN * build.trunk());
    step(positions, shoulder, shoulder + 1, upper, 0, 0, -UPPER_ARM * build.arms());
    step(positions, shoulder + 1, shoulder + 2, lower, 0, 0, -FOREARM * build.arms());
    step(positions, shoulder + 2, shoulder + 3, hand, 0, 0, -HAND * build.arms());
    step(positions, shoulder + 3, left ? 21 : 23, hand, 0, 0, -HAND * build.arms());
    step(
        positions,
        shoulder + 3,
        left ? 22 : 24,
        hand,
        -side * THUMB * 0.6 * build.arms(),
        THUMB * 0.8 * build.arms(),
        0);
  }

  private void leg(double[] positions, double[] pose, double[] facing, boolean leading) {
    int offset = (leading ? Freedom.HIP : Freedom.OTHER_HIP).index();
    boolean left = leading == leftLeads;
    int side = left ? -1 : 1;
    int hip = left ? 12 : 16;
    double spread = pose[offset + 1] * (leading ? 1 : -1);
    double[] upper = Turn.times(Turn.times(facing, about(Y, -spread)), about(X, pose[offset]));
    double[] lower = Turn.times(upper, about(X, -pose[offset + 2]));
    step(positions, 0, hip, facing, side * HIP_OUT * build.breadth(), 0, -HIP_DOWN * build.trunk());
    step(positions, hip, hip + 1, upper, 0, 0, -THIGH * build.legs());
    step(positions, hip + 1, hip + 2, lower, 0, 0, -SHANK * build.legs());
    step(positions, hip + 2, hip + 3, facing, side * 0.02, FOOT * build.legs(), -0.05);
  }

  /** Lifts or lowers the body until its lower foot is where it should be. */
  private static void stand(double[] positions, double jump) {
    double lowest = Double.POSITIVE_INFINITY;
    for (int joint : new int[] {14, 15, 18, 19}) {
      lowest = Math.min(lowest, positions[joint * 3 + 2]);
    }
    for (int joint = 0; joint < JOINTS; joint++) {
      positions[joint * 3 + 2] += jump - lowest;
    }
  }

  private static void step(
      double[] positions, int from, int to, double[] turn, double x, double y, double z) {
    double[] start = {positions[from * 3], positions[from * 3 + 1], positions[from * 3 + 2]};
    Turn.move(start, turn, x, y, z, positions, to * 3);
  }

  private static double at(double[] pose, Freedom freedom) {
    return pose[freedom.index()];
  }
}
