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

  /** What a pose has to either side of its middle, in metres. */
  private static final double HALF_WIDTH = 0.5;

  private static final double MARGIN = 0.1;

  /** Copies the list. */
  public StickFigures {
    paths = List.copyOf(paths);
  }

  /** Draws a figure's poses; whatever leaves its place overlaps the next one. */
  public static StickFigures of(Figure figure, List<Bone> bones) {
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (float[][][] pose : figure.poses()) {
      for (float[][] person : pose) {
        for (float[] joint : person) {
          if (isSeen(joint)) {
            lowest = Math.min(lowest, joint[1]);
            highest = Math.max(highest, joint[1]);
          }
        }
      }
    }
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
            path.append('M').append(point(parent, pose, highest));
            path.append('L').append(point(child, pose, highest));
          }
        }
      }
      paths.add(path.toString());
    }
    double tall = highest > lowest ? highest - lowest : 0;
    return new StickFigures(
        (int) Math.ceil(2 * HALF_WIDTH * SCALE * Math.max(1, poses)),
        (int) Math.ceil((tall + 2 * MARGIN) * SCALE),
        paths);
  }

  private static boolean isSeen(float[] joint) {
    return joint[0] != 0 || joint[1] != 0;
  }

  private static String point(float[] joint, int pose, double highest) {
    return String.format(
        Locale.ROOT,
        "%.0f %.0f",
        ((2 * pose + 1) * HALF_WIDTH + joint[0]) * SCALE,
        (highest + MARGIN - joint[1]) * SCALE);
  }
}
