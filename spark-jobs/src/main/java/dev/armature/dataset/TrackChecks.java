package dev.armature.dataset;

import dev.armature.skeleton.SkeletonLayout;

/** What every recording must fulfil, whatever its format. */
public final class TrackChecks {
  /** With one frame nothing moves, and there is no motion modality. */
  private static final int FEWEST_FRAMES = 2;

  private TrackChecks() {}

  /**
   * Checks the number of joints and frames, and that every coordinate is finite.
   *
   * @throws BadRecordingException naming what was found, with 1-based frame, body and joint
   */
  public static void check(BodyTracks tracks, SkeletonLayout layout) throws BadRecordingException {
    checkJoints(tracks.joints(), layout);
    checkFrames(tracks.frames());
    float[] coordinates = tracks.coordinates();
    for (int i = 0; i < coordinates.length; i++) {
      // x·0 is 0 for every finite x and not a number for the others.
      if (coordinates[i] * 0f != 0f) {
        int joint = i / 3 % tracks.joints();
        int frame = i / 3 / tracks.joints() % tracks.frames();
        int body = i / 3 / tracks.joints() / tracks.frames();
        throw notFinite(coordinates[i], frame, body, joint, layout);
      }
    }
  }

  /**
   * Checks that there is motion to see.
   *
   * @throws BadRecordingException if there are fewer than two frames
   */
  public static void checkFrames(int frames) throws BadRecordingException {
    if (frames < FEWEST_FRAMES) {
      throw new BadRecordingException(
          Fault.TOO_SHORT,
          "it has %d frame%s; an action needs at least %d"
              .formatted(frames, frames == 1 ? "" : "s", FEWEST_FRAMES));
    }
  }

  /**
   * Checks a number of joints against the layout.
   *
   * @throws BadRecordingException if they differ
   */
  public static void checkJoints(int joints, SkeletonLayout layout) throws BadRecordingException {
    if (joints != layout.joints().size()) {
      throw new BadRecordingException(
          Fault.JOINTS,
          "it has %d joints where layout '%s' has %d"
              .formatted(joints, layout.name(), layout.joints().size()));
    }
  }

  /** The exception for a coordinate that is not finite; all places 0-based here. */
  public static BadRecordingException notFinite(
      float value, int frame, int body, int joint, SkeletonLayout layout) {
    return new BadRecordingException(
        Fault.NOT_FINITE,
        "frame %d, body %d, joint %d (%s) has the coordinate %s; coordinates are finite metres"
            .formatted(frame + 1, body + 1, joint + 1, layout.joints().get(joint), value));
  }
}
