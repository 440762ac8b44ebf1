package dev.armature.dataset.synthetic;

import java.util.List;
import java.util.SplittableRandom;

/**
 * How one person carries one performance: posture of the day, sway, and what the body does beside
 * the action. Immutable once made.
 */
final class Manner {
  /** What sways, and by how much at most, in degrees. */
  private static final double SWAY = 4;

  /** What idle arms and heads do: none of it says anything about the action. */
  private static final List<Score> HABITS =
      List.of(
          Score.rest()
              .key(0, Freedom.OTHER_ARM_SPREAD, 38)
              .key(0, Freedom.OTHER_ELBOW, 85)
              .key(0, Freedom.OTHER_ARM_TWIST, 40),
          Score.rest().key(0, Freedom.OTHER_ARM_RAISE, 18).key(0, Freedom.OTHER_ELBOW, 80),
          Score.rest()
              .reach(0.1, 0.3, 0.5, 0.7, Freedom.OTHER_ARM_RAISE, 40)
              .reach(0.1, 0.3, 0.5, 0.7, Freedom.OTHER_ELBOW, 125),
          Score.rest()
              .reach(0.4, 0.6, 0.75, 0.95, Freedom.OTHER_ARM_RAISE, 30)
              .reach(0.4, 0.6, 0.75, 0.95, Freedom.OTHER_ELBOW, 90)
              .swing(0.5, 0.9, Freedom.OTHER_ARM_TWIST, 18, 2, 0),
          Score.rest()
              .reach(0.2, 0.4, 0.7, 0.9, Freedom.SPINE_ROLL, 10)
              .reach(0.2, 0.4, 0.7, 0.9, Freedom.SIDEWAYS, 0.12),
          Score.rest().key(0.1, Freedom.HEADING, 0).key(0.9, Freedom.HEADING, 28),
          Score.rest().key(0.1, Freedom.HEADING, 0).key(0.9, Freedom.HEADING, -28),
          Score.rest().reach(0.1, 0.3, 0.6, 0.8, Freedom.SPINE_PITCH, 14));

  private static final double HABIT_CHANCE = 0.35;

  private final Body body;
  private final double reach;
  private final double pace;
  private final double[] posture;
  private final boolean[] habits = new boolean[HABITS.size()];
  private final double[] swayReach = new double[Freedom.COUNT];
  private final double[] swayRate = new double[Freedom.COUNT];
  private final double[] swayPhase = new double[Freedom.COUNT];

  Manner(Build build, SplittableRandom random) {
    boolean leftLeads = build.leftHanded() ^ (random.nextDouble() < 0.15);
    this.body = new Body(build, leftLeads);
    this.reach = build.reach() * random.nextDouble(0.85, 1.15);
    this.pace = random.nextDouble(0.75, 1.3);
    this.posture = Posture.random(random);
    for (Freedom freedom : Freedom.values()) {
      int at = freedom.index();
      // Half of a stance is the person's habit, half is the day's.
      posture[at] = (posture[at] + build.posture()[at]) / 2;
      double most = freedom.distance() ? 0 : Math.toRadians(SWAY);
      swayReach[at] = random.nextDouble() * most;
      swayRate[at] = random.nextDouble(0.15, 0.7);
      swayPhase[at] = random.nextDouble(2 * Math.PI);
    }
    for (int habit = 0; habit < habits.length; habit++) {
      habits[habit] = random.nextDouble() < HABIT_CHANCE;
    }
  }

  /**
   * The pose at a time, before the action adds to it.
   *
   * @param part of the performance, 0 to 1
   * @param seconds since its start
   */
  double[] idle(double part, double seconds) {
    double[] pose = posture.clone();
    for (int at = 0; at < pose.length; at++) {
      double angle = 2 * Math.PI * swayRate[at] * seconds + swayPhase[at];
      pose[at] += swayReach[at] * StrictMath.sin(angle);
    }
    for (int habit = 0; habit < habits.length; habit++) {
      if (habits[habit]) {
        HABITS.get(habit).play(part, 1, 1, pose);
      }
    }
    return pose;
  }

  Body body() {
    return body;
  }

  double reach() {
    return reach;
  }

  double pace() {
    return pace;
  }
}
