package dev.armature.report.page;

import dev.armature.evaluate.EvaluationMap.Figure;
import dev.armature.skeleton.Bone;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A sequence as stick figures from left to right, to be drawn by one SVG path for each person.
 *
 * @param width of the drawing, in its own units
 * @param height of the drawing
 * @param paths by person: bones as lines
 */
public record StickFigures(int width, int height, List<String> paths) {
  /** Units a metre. */
  private static final double SCALE = 50;

  private static final double MARGIN = 0.1;

  /** Copies the list. */
  public StickFigures {
    paths = List.copyOf(paths);
  }

  /** Draws a figure's poses, all in the same scale. */
  public static StickFigures of(Figure figure, List<Bone> bones) {
    double left = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (float[][][] pose : figure.poses()) {
      for (float[][] person : pose) {
        for (float[] joint : person) {
          if (isSeen(joint)) {
            left = Math.min(left, joint[0]);
            right = Math.max(right, joint[0]);
            lowest = Math.min(lowest, joint[1]);
            highest = Math.max(highest, joint[1]);
          }
        }
      }
    }
    boolean nobody = left > right;
    double wide = nobody ? 0 : right - left;
    double tall = nobody ? 0 : highest - lowest;
    Frame frame = new Frame(nobody ? 0 : left, nobody ? 0 : highest, wide + 2 * MARGIN);
    int poses = figure.poses().length;
    int persons = poses == 0 ? 0 : figure.poses()[0].length;
    List<String> paths = new ArrayList<>();
    for (int person = 0; person < persons; person++) {
      StringBuilder path = new StringBuilder();
      for (int pose = 0; pose < poses; pose++) {
        float[][] joints = figure.poses()[pose][person];
        for (Bone bone : bones) {
          float[] child = joints[bone.child()];
          float[] parent = joints[bone.parent()];
          if (bone.child() != bone.parent() && isSeen(child) && isSeen(parent)) {
            path.append('M').append(frame.point(parent, pose));
            path.append('L').append(frame.point(child, pose));
          }
        }
      }
      paths.add(path.toString());
    }
    return new StickFigures(
        (int) Math.round(frame.width() * SCALE * Math.max(1, poses)),
        (int) Math.round((tall + 2 * MARGIN) * SCALE),
        paths);
  }

  private static boolean isSeen(float[] joint) {
    return joint[0] != 0 || joint[1] != 0;
  }

  /**
   * Where a pose is drawn.
   *
   * @param left the least coordinate to the side
   * @param highest the greatest one upwards
   * @param width of a pose, in metres
   */
  private record Frame(double left, double highest, double width) {
    String point(float[] joint, int pose) {
      return String.format(
          Locale.ROOT,
          "%.0f %.0f",
          (pose * width + MARGIN + joint[0] - left) * SCALE,
          (highest + MARGIN - joint[1]) * SCALE);
    }
  }
}
