package dev.armature.dataset.ntu;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Fault;
import dev.armature.dataset.TrackChecks;
import dev.armature.dataset.text.TextCursor;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;

/**
 * Reads the text that NTU RGB+D's recorder wrote from a Kinect v2.
 *
 * <p>A line with the number of frames; for each frame a line with the number of bodies; for each
 * body a line of 10 fields (its 64-bit id, hands, lean, tracking state), a line with the number of
 * joints, and for each joint a line of 12 fields, of which the first three are x, y and z in
 * metres. Bodies are told apart by their place in the frame, as the published preprocessing does,
 * not by their ids, which the sensor changes when it loses a person for a moment.
 *
 * <p>Not thread-safe: it reuses its cursor.
 */
final class SkeletonText {
  /** As many bodies as the published preprocessing reads; a Kinect v2 sees at most six. */
  static final int MOST_BODIES = 4;

  private static final int SEEN_BY_KINECT = 6;

  /** An hour at 30 frames a second: more is no count of frames but a garbled file. */
  private static final int MOST_FRAMES = 30 * 3600;

  private static final int MOST_JOINTS = 1000;
  private static final int BODY_FIELDS = 10;
  private static final int JOINT_FIELDS = 12;

  private final TextCursor cursor = new TextCursor();
  private final SkeletonLayout layout;
  private final int joints;

  SkeletonText(SkeletonLayout layout) {
    this.layout = layout;
    this.joints = layout.joints().size();
  }

  /**
   * Parses a whole file.
   *
   * @param text the file
   * @param length how many bytes of it count
   * @return as many bodies as were seen at once, at most {@value #MOST_BODIES}, in at most 300
   *     frames
   * @throws BadRecordingException if the text is cut short or garbled (naming the line), has
   *     another number of joints, or a coordinate that is not finite
   */
  BodyTracks parse(byte[] text, int length) throws BadRecordingException {
    cursor.reset(text, length);
    int declared = cursor.count("the number of frames", MOST_FRAMES);
    TrackChecks.checkFrames(declared);
    int frames = Math.min(declared, SkeletonSequence.MAX_FRAMES);
    int size = joints * 3;
    float[][] bodies = new float[MOST_BODIES][];
    int used = 0;
    for (int frame = 0; frame < declared; frame++) {
      int present = cursor.count("the number of bodies of frame " + (frame + 1), SEEN_BY_KINECT);
      for (int body = 0; body < present; body++) {
        boolean kept = body < MOST_BODIES && frame < frames;
        if (kept && bodies[body] == null) {
          bodies[body] = new float[frames * size];
          used = Math.max(used, body + 1);
        }
        readBody(kept ? bodies[body] : null, frame, body);
      }
    }
    if (!cursor.atEnd()) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "line %d: there is more text after the last of %d frames"
              .formatted(cursor.line(), declared));
    }
    float[] coordinates = used == 1 ? bodies[0] : new float[used * frames * size];
    for (int body = 0; body < used && used > 1; body++) {
      System.arraycopy(bodies[body], 0, coordinates, body * frames * size, frames * size);
    }
    return new BodyTracks(used, frames, joints, coordinates);
  }

  private void readBody(float[] track, int frame, int body) throws BadRecordingException {
    cursor.toData("a body");
    checkFields(cursor.skipFields(), BODY_FIELDS, "a body");
    int found = cursor.count("the number of joints", MOST_JOINTS);
    TrackChecks.checkJoints(found, layout);
    int at = frame * joints * 3;
    for (int joint = 0; joint < joints; joint++) {
      cursor.toData("a joint");
      float x = cursor.number("a joint's x");
      float y = cursor.number("a joint's y");
      float z = cursor.number("a joint's z");
      checkFields(3 + cursor.skipFields(), JOINT_FIELDS, "a joint");
      if (!Float.isFinite(x) || !Float.isFinite(y) || !Float.isFinite(z)) {
        float culprit = Float.isFinite(x) ? Float.isFinite(y) ? z : y : x;
        throw TrackChecks.notFinite(culprit, frame, body, joint, layout);
      }
      if (track != null) {
        track[at++] = x;
        track[at++] = y;
        track[at++] = z;
      }
    }
  }

  private void checkFields(int found, int expected, String what) throws BadRecordingException {
    if (found != expected) {
      throw new BadRecordingException(
          Fault.UNREADABLE,
          "line %d: %s has %d fields, expected %d".formatted(cursor.line(), what, found, expected));
    }
  }
}
