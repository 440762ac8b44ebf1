package dev.armature.evaluate;

import dev.armature.skeleton.Bone;
import java.util.List;

/**
 * What can be looked at of an evaluation: test sequences as points of a plane, and what a few of
 * them find among the training sequences, as stick figures. Nothing in it is a measure.
 *
 * @param stream whose representations it shows, for instance {@code three-stream}
 * @param method by which the plane was found, with its settings
 * @param sequences how many test sequences there are; of many only some are points
 * @param points those that were taken, evenly over the split
 * @param bones of the skeletons that were drawn
 * @param retrievals of a few test sequences, half of which find a sequence of another class first
 *     if there are as many
 */
public record EvaluationMap(
    String stream,
    String method,
    int sequences,
    List<MapPoint> points,
    List<Bone> bones,
    List<Retrieval> retrievals) {

  /** Copies the lists. */
  public EvaluationMap {
    points = List.copyOf(points);
    bones = List.copyOf(bones);
    retrievals = List.copyOf(retrievals);
  }

  /**
   * A test sequence in the plane.
   *
   * @param id of the sequence
   * @param label its action, 0-based
   * @param x in units of its own, which mean nothing by themselves
   * @param y likewise
   */
  public record MapPoint(String id, int label, double x, double y) {}

  /**
   * A test sequence and its nearest training sequences.
   *
   * @param query the test sequence, with similarity 1
   * @param neighbours the nearest first
   */
  public record Retrieval(Figure query, List<Figure> neighbours) {
    /** Copies the list. */
    public Retrieval {
      neighbours = List.copyOf(neighbours);
    }
  }

  /**
   * A sequence as it is drawn: some of its frames, evenly over its length, seen from the front.
   *
   * @param id of the sequence
   * @param label its action, 0-based
   * @param similarity to the query, mean over the streams' cosines, −1 to 1
   * @param poses by frame, person and joint: to the side and up, in metres; a joint that was not
   *     seen is 0, 0
   */
  public record Figure(String id, int label, double similarity, float[][][][] poses) {}
}
