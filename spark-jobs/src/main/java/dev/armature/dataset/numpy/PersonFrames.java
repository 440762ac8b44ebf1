package dev.armature.dataset.numpy;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.Fault;
import dev.armature.dataset.TrackChecks;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.nio.ByteBuffer;

/**
 * One sequence of frames × (persons · joints · 3), filled up with frames of zeros.
 *
 * @param row its numbers, little-endian
 * @param header of the array, sequences × frames × numbers
 * @param layout the skeletons' layout
 */
record PersonFrames(ByteBuffer row, NumpyHeader header, SkeletonLayout layout) {
  /**
   * Where a centred recording is moved to: as far as people stand from a Kinect, and a power of
   * two, which rounds coordinates of a metre to no more than a quarter of a micrometre.
   */
  private static final float DISTANCE = 4;

  /**
   * The sequence's own frames.
   *
   * @return at most 300 frames
   * @throws BadRecordingException if fewer than two frames are not empty, or a coordinate is not
   *     finite
   */
  BodyTracks tracks() throws BadRecordingException {
    int numbers = header.shape().get(2).intValue();
    int joints = layout.joints().size();
    int size = joints * 3;
    int persons = numbers / size;
    int frames = Math.min(lastSeen(numbers) + 1, SkeletonSequence.MAX_FRAMES);
    if (frames == 0) {
      throw new BadRecordingException(Fault.NO_BODY, "all its frames are empty");
    }
    TrackChecks.checkFrames(frames);
    float[] coordinates = new float[persons * frames * size];
    for (int frame = 0; frame < frames; frame++) {
      for (int person = 0; person < persons; person++) {
        for (int i = 0; i < size; i++) {
          float value = value(frame * numbers + person * size + i);
          if (!Float.isFinite(value)) {
            throw TrackChecks.notFinite(value, frame, person, i / 3, layout);
          }
          coordinates[(person * frames + frame) * size + i] = value;
        }
      }
    }
    BodyTracks tracks = new BodyTracks(persons, frames, joints, coordinates);
    return centred(tracks) ? moved(tracks) : tracks;
  }

  private int lastSeen(int numbers) {
    for (int at = header.shape().get(1).intValue() * numbers - 1; at >= 0; at--) {
      if (value(at) != 0) {
        return at / numbers;
      }
    }
    return -1;
  }

  private float value(int at) {
    return header.type().real(row, at * header.type().bytes());
  }

  /** Whether the centre joint of the first body's first seen frame is the origin. */
  private boolean centred(BodyTracks tracks) {
    for (int frame = 0; frame < tracks.frames(); frame++) {
      if (tracks.seen(0, frame)) {
        int at = tracks.offset(0, frame, layout.centre());
        float[] coordinates = tracks.coordinates();
        return coordinates[at] == 0 && coordinates[at + 1] == 0 && coordinates[at + 2] == 0;
      }
    }
    return false;
  }

  private static BodyTracks moved(BodyTracks tracks) {
    float[] coordinates = tracks.coordinates().clone();
    for (int body = 0; body < tracks.bodies(); body++) {
      for (int frame = 0; frame < tracks.frames(); frame++) {
        if (tracks.seen(body, frame)) {
          for (int joint = 0; joint < tracks.joints(); joint++) {
            coordinates[tracks.offset(body, frame, joint) + 2] += DISTANCE;
          }
        }
      }
    }
    return new BodyTracks(tracks.bodies(), tracks.frames(), tracks.joints(), coordinates);
  }
}
