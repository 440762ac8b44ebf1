package dev.armature.evaluate;

import dev.armature.skeleton.Bone;
import java.util.List;

/**
 * What can be looked at of an evaluation: test sequences as points of a plane, and what a few of
 * them find among the training sequences, as stick figures. Nothing in it is a measure.
 *
 * @param checkpoint SHA-256 of the checkpoint whose encoders it shows; empty before it is known
 * @param classes names, or numbers, by label
 * @param stream whose representations it shows, for instance {@code three-stream}
 * @param method by which the plane was found, with its settings
 * @param sequences how many test sequences there are; of many only some are points
 * @param points those that were taken, at random but the same ones every time
 * @param bones of the skeletons that were drawn
 * @param retrievals of a few test sequences; where there are enough of them, half find a sequence
 *     of another class first
 */
public record EvaluationMap(
    String checkpoint,
    List<String> classes,
    String stream,
    String method,
    int sequences,
    List<MapPoint> points,
    List<Bone> bones,
    List<Retrieval> retrievals) {

  /** Copies the lists. */
  public EvaluationMap {
    classes = List.copyOf(classes);
    points = List.copyOf(points);
    bones = List.copyOf(bones);
    retrievals = List.copyOf(retrievals);
  }

  /** The same, of a checkpoint. */
  public EvaluationMap of(String sha256) {
    return new EvaluationMap(sha256, classes, stream, method, sequences, points, bones, retrievals);
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
   * @param poses by frame, person and joint: to the side and up, in metres; null for a joint that
   *     was not seen
   */
  public record Figure(String id, int label, double similarity, float[][][][] poses) {}
}
