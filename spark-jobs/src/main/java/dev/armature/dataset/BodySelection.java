package dev.armature.dataset;

import dev.armature.skeleton.SkeletonSequence;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Which of the bodies in a recording are the actors: the two with the highest motion.
 *
 * <p>Motion is what the published preprocessing takes for it: the standard deviation of all joints'
 * x over all frames in which the body was seen, plus the same for y and z. Chairs and bystanders
 * that the sensor mistakes for actors score low.
 */
final class BodySelection {
  private BodySelection() {}

  /** The bodies seen at all, highest motion first (ties in the sensor's order), at most two. */
  static int[] actors(BodyTracks tracks) {
    double[] motion =
        IntStream.range(0, tracks.bodies()).mapToDouble(b -> motion(tracks, b)).toArray();
    return IntStream.range(0, tracks.bodies())
        .filter(body -> motion[body] >= 0)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer body) -> -motion[body]))
        .limit(SkeletonSequence.MAX_PERSONS)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The motion in metres, or −1 for a body that is never seen. */
  static double motion(BodyTracks tracks, int body) {
    double[] sum = new double[3];
    double[] squares = new double[3];
    long count = 0;
    float[] coordinates = tracks.coordinates();
    for (int frame = 0; frame < tracks.frames(); frame++) {
      if (!tracks.seen(body, frame)) {
        continue;
      }
      int at = tracks.offset(body, frame, 0);
      for (int joint = 0; joint < tracks.joints(); joint++) {
        for (int axis = 0; axis < 3; axis++) {
          double value = coordinates[at++];
          sum[axis] += value;
          squares[axis] += value * value;
        }
      }
      count += tracks.joints();
    }
    if (count == 0) {
      return -1;
    }
    double motion = 0;
    for (int axis = 0; axis < 3; axis++) {
      double mean = sum[axis] / count;
      motion += Math.sqrt(Math.max(0, squares[axis] / count - mean * mean));
    }
    return motion;
  }
}
