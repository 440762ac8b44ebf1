package dev.armature.dataset.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One performance of an action by one or two persons: where every joint is in the room, frame by
 * frame, whoever watches. Immutable once made.
 *
 * <p>What varies from one performance to the next: length, when within it the action happens and
 * how it is paced, size of the movement, the leading side, posture, sway, what the idle arm does,
 * heading and drift, distance between persons.
 */
final class Performance {
  static final int FEWEST_FRAMES = 60;
  static final int MOST_FRAMES = 150;

  /** Frames a second, as Kinect v2 delivers them. */
  private static final double RATE = 30;

  private final int frames;
  private final List<double[]> bodies = new ArrayList<>();

  /**
   * @param action what is performed
   * @param builds the persons, one per actor
   * @param random the performance's own stream
   */
  Performance(Action action, List<Build> builds, SplittableRandom random) {
    double length = random.nextDouble(70, 135) / builds.get(0).tempo();
    this.frames = (int) Math.max(FEWEST_FRAMES, Math.min(MOST_FRAMES, Math.round(length)));
    double start = random.nextDouble(0, 0.28);
    double stop = random.nextDouble(0.74, 1);
    double bend = random.nextDouble(0.75, 1.35);
    double heading = Math.toRadians(random.nextDouble(-25, 25));
    double distance = action.distance() * random.nextDouble(0.9, 1.2);
    for (int actor = 0; actor < action.actors().size(); actor++) {
      double side = random.nextDouble(-0.12, 0.12);
      double[] place =
          actor == 0
              ? new double[] {0, 0, heading}
              : new double[] {
                side - distance * StrictMath.sin(heading),
                distance * StrictMath.cos(heading),
                heading + Math.PI + Math.toRadians(random.nextDouble(-12, 12))
              };
      Manner manner = new Manner(builds.get(actor), random);
      bodies.add(perform(action.actors().get(actor), manner, place, start, stop, bend));
    }
  }

  private double[] perform(
      Score score, Manner manner, double[] place, double start, double stop, double bend) {
    double[] positions = new double[frames * Body.JOINTS * 3];
    double[] now = new double[Body.JOINTS * 3];
    for (int frame = 0; frame < frames; frame++) {
      double part = (double) frame / (frames - 1);
      double within = Math.max(0, Math.min(1, (part - start) / (stop - start)));
      double[] pose = manner.idle(part, frame / RATE);
      score.play(StrictMath.pow(within, bend), manner.reach(), manner.pace(), pose);
      manner.body().place(pose, place, now);
      System.arraycopy(now, 0, positions, frame * now.length, now.length);
    }
    return positions;
  }

  int frames() {
    return frames;
  }

  /** Number of persons. */
  int persons() {
    return bodies.size();
  }

  /** A person's joints in the room: frames × 25 × 3 in metres, z up; shared, not to be written. */
  double[] positions(int person) {
    return bodies.get(person);
  }
}
